// Names are compared without case, `-`, `_`, `.` and spaces: `X-Api-Key`, `x_api_key` and `xApiKey`
// are one name. A name is secret by its ending, so that `db_password` and `openaiApiKey` are
// covered without a list of every product.
const ENDINGS = [
  'pass(?:word|wd|phrase|code|key)s?',
  'passwordhash',
  'pwd',
  'secrets?(?:value|text|string|hash)?',
  'token',
  '(?:access|refresh|auth|api|bearer|session|id|jwt|secret|bot)tokens',
  'apikeys?',
  '(?:secret|private|access|account|signing|signature|encryption|decryption|master|root|admin|service|servicerole|subscription|license|deploy|write|ssh|hmac|shared|storage|function|ingest|integration)keys?',
  'accesskeyids?',
  '(?:private|ssh|signing|encryption)keypem',
  'authorization',
  'cookies?',
  'credentials?',
  'session(?:id|key|cookie)s?',
  'jwts?',
  'signatures?',
  'otp',
  'mnemonic',
  'seedphrase',
  'cv[cv]2?',
].join('|');
const SECRET = new RegExp(
  `(?:${ENDINGS})$|^(?:pass|auth|httpauth|basicauth|sig|pin|pincode|pgpass|sid|connectsid|csrf|xsrf)$`,
);

// Endings above that have another, harmless sense: vocabulary tokens of models, places in a list.
const HARMLESS =
  /^(?:eos|bos|pad|unk|sep|cls|mask|stop|special|max|per|first|last|next|unexpected|num|n)token$|(?:page|continuation|cancel(?:l?ation)?|count)token$/;

/** The longest name that is compared; longer ones are data rather than names. */
const LONGEST_NAME = 256;

/** Removes what makes no difference between two spellings of a name. */
export function plainKey(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}

/** Returns whether a name, as {@link plainKey} writes it, is secret by MAP's own list. */
export function isUsualSecretKey(plain: string): boolean {
  const name = plain.length > LONGEST_NAME ? plain.slice(-LONGEST_NAME) : plain;
  return SECRET.test(name) && !HARMLESS.test(name);
}
