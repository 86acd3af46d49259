// Names that are secret only with a value that looks like a secret: `private` may be a flag, and
// `parola` and `clave` are a word and a key, too.

/** Behind these names, only a long random word is a secret. */
const FLAGS = /^(?:private|sas)$|hmac$/i;
const WORDS = /^(?:parola|clave|mdp)$/i;

/** The source of such a word: hexadecimal, or a mixture. */
export const RANDOM =
  '(?:(?:0x)?[\\da-f]{32,}|(?=[^\\s\\d"]{0,64}\\d)(?=[^\\sA-Z"]{0,64}[A-Z])(?=[^\\sa-z"]{0,64}[a-z])[\\w+/=.~%-]{20,})';
/** The source of a word that looks like a password, also in `languages.ts` and `value.ts`. */
export const PASSWORD = '(?=[A-Za-z]{0,64}[\\d@#$%^&*!])[\\w@#$%^&*!?+~.=/-]{6,}';

const IS_RANDOM = new RegExp(`^${RANDOM}$`);
const IS_PASSWORD = new RegExp(`^${PASSWORD}$`);

/** Whether a name is one of these. */
export function isDoubtfulKey(name: string): boolean {
  return FLAGS.test(name) || WORDS.test(name);
}

/** Whether a value behind one of these names is secret. */
export function isSecretBehind(name: string, value: string): boolean {
  return (WORDS.test(name) ? IS_PASSWORD : IS_RANDOM).test(value);
}
