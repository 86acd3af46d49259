import { KINDS, Kind } from '../characters/characters.ts';
import { usualEndings } from './secret-key.ts';

// Decides cheaply whether a name in a string may be secret.
//
// A line of `name=value` pairs, or of JSON, has a dozen names and most often no secret one. To cut each
// name out and to look it up costs more than writing the line. So a table has marks where names end
// with certain four letters. Several endings may share a place, which costs time and nothing else.

/** Bits of a letter. */
const BITS = 5;
const LETTERS = 4;
const SIZE = 1 << 15;
/** Behind these, the places of the last two letters alone. */
const TWO = 1 << (2 * BITS);

/** The last word of a name that has two words, such as `API key`. */
export const SECOND_WORDS: readonly string[] = [
  ...['key', 'keys', 'id', 'token', 'phrase', 'code', 'secret', 'hash', 'password'],
];

/** The longest of these words and of {@link FILLERS}. */
export const LONGEST_WORD = 8;

/** Words between the name and the separator: `API key provided: …`. */
export const FILLERS: readonly string[] = [
  'provided',
  'given',
  'used',
  'received',
  'value',
  'is',
  'was',
];

/** Names that are secret only in the query of a URL. */
export const QUERY_NAMES: readonly string[] = ['key', 'sig', 'code', 'hmac', 'k'];

/** What may end in front of a separator: a secret name, the `value` of an entry, the `name` of a field. */
export const Ends = { secret: 1, value: 2, name: 4 } as const;

/** Marks a word that is a name only behind another word. */
const SECOND = 8;

/** Marks the last letters of names. */
export type NameEnds = Uint8Array;

/** Returns a table without names. */
export function noEnds(): NameEnds {
  return new Uint8Array(SIZE + TWO);
}

/** Adds the names of MAP's own list to a table. */
export function addUsualEnds(ends: NameEnds): void {
  for (const name of [...usualEndings(), ...QUERY_NAMES]) mark(ends, name, Ends.secret);
  for (const word of [...SECOND_WORDS, ...FILLERS]) mark(ends, word, SECOND);
  mark(ends, 'value', Ends.value);
  mark(ends, 'name', Ends.name);
  // Names that end with a digit are looked up anyway, but for numbers.
  ends[0] = 0;
}

/** Adds secret names to a table. */
export function addEnds(ends: NameEnds, names: Iterable<string>): void {
  for (const name of names) mark(ends, name, Ends.secret);
}

/**
 * Returns whether a secret name may end with two characters in front of a separator, rather too often
 * than too seldom.
 *
 * @param ends The table.
 * @param second The byte before the last one.
 * @param last The last byte.
 */
export function mayEnd(ends: NameEnds, second: number, last: number): boolean {
  if (isLetter(last | 32)) {
    if (isLetter(second | 32)) return ends[SIZE + ((second & 31) << BITS) + (last & 31)] !== 0;
    // `user_d=`, `%5D=`, `k=`
    const isLonger = second === 45 || second === 46 || second === 95 || second === 53;
    return isLonger || ends[placeOf(last & 31)] !== 0;
  }
  if (isDigit(last) && BEFORE_NUMBER.includes(second)) return ends[0] !== 0;
  return isSkipped(last) || oddEnd(last) !== 0;
}

function mark(ends: NameEnds, name: string, kind: number): void {
  const codes = Uint8Array.from(` ${name}`, (letter) => letter.charCodeAt(0));
  const letters = lastLetters(codes, codes.length);
  // A shorter one may follow other letters: as the end of a name, or as a whole name behind the letter
  // of an escape, `%0Apw=`.
  const letter = name.length < LETTERS ? (name.length === LETTERS - 1 ? 26 : 6) : 0;
  for (let more = 0; more <= letter; more += 1) {
    const place = placeOf(letters | (more << (BITS * name.length)));
    ends[place] = (ends[place] as number) | kind;
    ends[SIZE + ((letters | (more << (BITS * name.length))) & (TWO - 1))] = 1;
  }
}

/** The place of up to four letters in a table. */
function placeOf(letters: number): number {
  return (letters ^ ((letters >> (3 * BITS)) * 677)) & (SIZE - 1);
}

/**
 * Returns what may end in front of a separator: a set of {@link Ends}, rather too large than too small.
 *
 * @param ends The table.
 * @param bytes The string in Latin-1, behind some bytes {@link EDGE}.
 * @param at The place of the separator.
 */
export function endsBefore(ends: NameEnds, bytes: Uint8Array, at: number): number {
  let end = bytes[at - 1] === 34 ? at - 1 : at;
  const last = (bytes[end - 1] as number) | 32;
  const second = (bytes[end - 2] as number) | 32;
  // Most names end with two letters that no secret name ends with.
  if (
    isLetter(last) &&
    isLetter(second) &&
    ends[SIZE + ((second & 31) << BITS) + (last & 31)] === 0
  )
    return 0;
  // `user%5Bpassword%5D=…`
  if (bytes[at - 1] === 68 && bytes[at - 3] === 37 && bytes[at - 2] === 53) end -= 3;
  while (isSkipped(bytes[end - 1] as number)) end -= 1;
  const letters = lastLetters(bytes, end);
  if (letters === 0) {
    return isNumber(bytes, end) ? (ends[0] as number) : oddEnd(bytes[end - 1] as number);
  }
  const found = ends[placeOf(letters)] as number;
  if ((found & SECOND) === 0) return found;
  // `id` ends many names, and is a part of a secret one only in `session id`.
  return isSecondWord(bytes, end) ? found | Ends.secret : found;
}

/** Stands before the string, so that no loop has to look for its start. No name contains it. */
export const EDGE = 255;

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** Blanks, quotes, their backslashes, brackets, and signs that make no difference in a name. */
function isSkipped(code: number): boolean {
  return code <= 32 || code === 45 || code === 46 || code === 95 || isOf(code, Kind.quote);
}

/** The last letters; 0 if the last character is another one. */
function lastLetters(bytes: Uint8Array, end: number): number {
  let letters = 0;
  let index = end - 1;
  for (let shift = 0; shift < LETTERS * BITS; index -= 1) {
    const code = bytes[index] as number;
    // `-`, `.` and `_` make no difference in a name.
    if (code === 45 || code === 46 || code === 95) continue;
    const letter = code | 32;
    if (letter < 97 || letter > 122) break;
    letters |= (letter & 31) << shift;
    shift += BITS;
  }
  return letters;
}

/** Whether a number ends before a place: `12:30`, `main.ts:7:12`, `T12:30`; not `%22` or `key2`. */
function isNumber(bytes: Uint8Array, end: number): boolean {
  let start = end;
  while (isDigit(bytes[start - 1] as number)) start -= 1;
  if (start === end) return false;
  const before = bytes[start - 1] as number;
  return before === 84 ? isDigit(bytes[start - 2] as number) : BEFORE_NUMBER.includes(before);
}

/** `:`, a space, `/`, `(`, `,`, `"`, `[` */
const BEFORE_NUMBER: readonly number[] = [58, 32, 47, 40, 44, 34, 91, EDGE];

/** The end of an encoded quote, of a symbol, or of a name with a digit. */
function oddEnd(code: number): number {
  return isDigit(code) || code === 36 || code === 41 || code === 59 ? Ends.secret : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether a space is before the word that ends at a place. */
function isSecondWord(bytes: Uint8Array, end: number): boolean {
  let start = end;
  while (start > end - LONGEST_WORD - 1 && isOf(bytes[start - 1] as number, Kind.name)) start -= 1;
  return bytes[start - 1] === 32;
}

function isOf(code: number, kind: number): boolean {
  return ((KINDS[code & 127] as number) & kind) !== 0;
}
