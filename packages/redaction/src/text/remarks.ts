// What is said about a secret: by a validator, by a server, on the label of a field.

/** What is said about an authorization. */
const REFUSAL =
  /^(?:denied|failed|granted|invalid|missing|not|refused|rejected|required|was|see|via|using|header)$/i;

/** What a validator says: `"password": "must be longer"`; its rules: `required|min:8`. */
const COMPLAINED =
  /^(?:(?:(?:This|The|Your|New|Current) )?(?:(?:[Ff]ield|[Vv]alue|[Pp]assword|[Tt]oken|[Ss]ecret|[Kk]ey|[Cc]ode)s? )?(?:is|are|must|should|can['’]?t|can not|cannot|has|does|may|needs?|was|were|[Tt]oo|[Aa]t least|already|Ensure|Please|[Ii]nvalid|[Mm]issing) [^"\\]{1,200}|(?:required|nullable|sometimes|string|optional)\|[\w|:,]+)$/;

/** Words of a label before the name: `"password": "Confirm password"`. */
const LABEL =
  /^(?:(?:confirm|repeat|enter|new|old|current|my|your|the|forgot|reset|change|show|hide) ){0,3}/i;

/** Whether a label for people says no more than the name: `"apiKey": "API key"`. */
export function isLabel(value: string, name: string): boolean {
  const word = lettersOf(value.replace(LABEL, ''));
  return word.length >= 3 && lettersOf(name).endsWith(word);
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, '').toLowerCase();
}

/** Whether a word says what became of an authorization. */
export function isRefusal(word: string): boolean {
  return REFUSAL.test(word);
}

/** Whether a string is what a validator says. */
export function isComplaint(text: string): boolean {
  return COMPLAINED.test(text);
}
