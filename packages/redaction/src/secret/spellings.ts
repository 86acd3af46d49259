// How a known secret may be spelled in a string, as the source of one regular expression.
//
// Libraries escape differently: `encodeURIComponent`, Node's `URL` (which leaves `+` alone but
// encodes `=` in a user name), form encoding, JSON, HTML, Node's `inspect`. Instead of listing their
// outcomes, each character of the secret may stand for itself or for any of its escapes, in any
// mixture. In Base64 a secret has three spellings, one for each place where it may begin within a
// group of three bytes; the characters it shares with its neighbours are left out here, and
// `SecretMatcher` masks the whole Base64 word.

/** Fewer bytes than this make a Base64 or hexadecimal core that innocent words may contain. */
const MIN_ENCODED_BYTES = 6;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // Doubled in CSV and in SQL; closed and opened again in a shell.
  '"': '&quot;|""',
  "'": "&apos;|''|'\\\\''",
};

/** A backslash, also in a URL. */
const SLASH = '(?:\\\\|%(?:25){0,3}5[cC])';

/** A line break, a carriage return or a tab, also escaped. */
const CONTROL = `(?:[\\n\\r\\t]|${SLASH}{1,8}[nrt]|&#(?:0{0,4}(?:9|1[03])|[xX]0{0,4}[9aAdD]);|%(?:25){0,3}0[9aAdD]|\\\\{1,8}(?:u00|x)0[9aAdD])`;

/**
 * Returns a regular expression source that matches the secret and its escaped spellings.
 *
 * A run of control characters is one part, and so is one of backslashes: if each of them were
 * optional, or could be several, then a string with most of a secret would be tried in every division.
 */
export function plainSpelling(secret: string): string {
  return secret.replace(/[\n\r\t]+|\\+|[\s\S]/gu, partPattern);
}

function partPattern(part: string, _place: number, secret: string): string {
  if (/[\n\r\t]/.test(part)) {
    // Node's URL leaves them out.
    return `${CONTROL}{${part === secret ? part.length : 0},${2 * part.length}}`;
  }
  if (part[0] === '\\') {
    return `(?:${SLASH}|${entityPattern('\\')}){${part.length},${9 * part.length}}`;
  }
  return characterPattern(part);
}

function characterPattern(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const options = [`${SLASH}{0,8}${literal(character)}`];
  if (character === ' ') options.push('\\+');
  if (ENTITIES[character] !== undefined) options.unshift(ENTITIES[character]);
  options.push(entityPattern(character));
  if (character.isWellFormed()) options.push(`${SLASH}{0,8}${percentPattern(character)}`);
  const code = character.codePointAt(0) as number;
  // `escape()` writes the code instead of the bytes.
  if (code > 127 && code < 256) options.push(`%${hexPattern(code, 2)}`);
  options.push(unicodePattern(character));
  return `(?:${options.join('|')})`;
}

function entityPattern(character: string): string {
  const code = character.codePointAt(0) as number;
  return `&#(?:0{0,4}${code}|[xX]0{0,4}${hexPattern(code, 1)});`;
}

function percentPattern(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%(?:25){0,3}${hexPattern(byte, 2)}`,
  ).join('');
}

function unicodePattern(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const wide = units.map((unit) => `(?:\\\\{1,8}|%)u${hexPattern(unit, 4)}`).join('');
  const unit = units[0] as number;
  return unit < 256 ? `${wide}|\\\\{1,8}x${hexPattern(unit, 2)}` : wide;
}

function hexPattern(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Returns the sources of the secret's spellings in Base64 and hexadecimal; none for a short secret. */
export function encodedSpellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < MIN_ENCODED_BYTES) return [];
  const cores = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  const hex = bytes.toString('hex');
  return [...new Set([...cores, hex, hex.toUpperCase()])];
}

/** How many bytes are enough to know a secret: `inspect()` cuts a buffer after 50. */
const MAX_BYTES = 48;

/** Between two numbers of a list, and in the JSON of a typed array: `{"0":107,"1":88}`. */
const COMMA = ',\\s{0,8}(?:\\\\{0,8}"\\d{1,6}\\\\{0,8}":\\s?)?';

/** Returns the sources of the secret as the bytes of a printed buffer: `6b 58 …` and `107,88,…`. */
export function byteSpellings(secret: string): string[] {
  const bytes = [...Buffer.from(secret)].slice(0, MAX_BYTES);
  if (bytes.length < MIN_ENCODED_BYTES) return [];
  const hex = bytes.map((byte) => hexPattern(byte, 2)).join(' ');
  return [`${hex}(?: [\\da-f]{2})*`, `${bytes.join(COMMA)}(?:${COMMA}\\d{1,3})*`];
}

function base64Core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return text
    .slice(start, end)
    .replace(/[+/]/g, (sign) => (sign === '+' ? '(?:\\+|-|%2[bB])' : '(?:\\/|_|%2[fF])'));
}
