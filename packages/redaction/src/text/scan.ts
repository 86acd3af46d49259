// Decides cheaply which rules need to see a string.
//
// Most strings of a log contain no secret, and testing a dozen patterns costs more than writing the
// line. The engine's own search for one character is the cheapest test, and a pattern that begins
// with one character class comes next: each alternative below begins with a rare character, from
// which it looks back for the rest of a word. So the engine runs over the string once, and compares
// words only at those characters. The tests may report too much, never too little.

// Keys and tokens by the sign behind their prefix, or by a rare letter inside it.
const TOKEN = [
  '[-_](?<=\\b(?:sk|[pr]k|whsec|gsk|xai|hf|gl[a-z]{2,4}|npm|do[por]|shp(?:at|ss|ca|pa)|pplx|r8|nvapi|csk|fw|dckr|pypi|lin|ntn|secret|sq0[a-z]{3}|rpa|jina|ph[cx]|sntry[su]|gh[pousr]|github|xox[a-z]|xapp|GOCSPX|tvly|AGE|xkeysib|lsv2|pcsk|e2b|esecret|PMAK|figd|sbp|nfp|vcp|fc|tgp|key|voyage|ABSK)[-_])',
  'J(?<=\\b(?:ey|IQo)J)',
  'I(?<=\\bA[KS]?I)(?:A|za)',
  '2(?<=\\bya2)9',
  '\\.(?<=\\b(?:SG|hv[sb])\\.)',
  'A(?<=\\b(?:E|LT)A)[AI]',
  'T(?<=\\bAT)[AC]TT',
  'G(?<=\\bFwoG)',
  'B(?<=-----B)EGIN ',
];

// Words and flags that a credential follows, by the space behind them.
const WORDS_BEFORE = [
  ...['bearer', 'basic', 'digest', 'negotiate', 'auth', 'identified by', 'requirepass'],
  ...['masterauth', 'token', 'password', 'passphrase', 'secret', 'api key', 'api-key', 'api_key'],
  ...['apikey'],
];

const COMMAND = [
  ` (?<=\\b(?:${WORDS_BEFORE.map(anyCase).join('|')}) )`,
  ' (?<=(?:^|\\s)-[upU] |--(?:user|proxy-user) )',
];

const TOKENS = new RegExp(TOKEN.join('|'));
const COMMANDS = new RegExp(COMMAND.join('|'));

// The whole pattern cannot ignore case: its rare letters would be common ones.
function anyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** A shorter string is not a recognisable secret, and has no room for a name and a value. */
const SHORTEST = 6;

/** Whether a string may contain a recognisable key or token. */
export function mayContainToken(text: string): boolean {
  return text.length >= SHORTEST && TOKENS.test(text);
}

/** Whether a string may contain a credential behind a word or a flag. */
export function mayContainCommand(text: string): boolean {
  return text.length >= SHORTEST && COMMANDS.test(text);
}

/** Whether a string may contain a URL with credentials. */
export function mayContainUrl(text: string): boolean {
  return text.includes('@') || text.includes('://');
}

/** Whether a string may contain a name and a value. */
export function mayContainAssignment(text: string): boolean {
  return text.includes(':') || text.includes('=') || text.includes('%3') || text.includes('--');
}
