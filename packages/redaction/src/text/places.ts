import { isWord } from '../characters/characters.ts';
import { ANY, bitOf, codesOf, EXACT, exactBit, Mark, nextEntry, TABLE } from './rule-table.ts';

// Finds the few places of a string that need a closer look: the keys of rules and of secret names, and
// the signs of URLs, elements, lists and flags.
//
// The first loop looks each three neighbours up in a table, by their classes, four characters at a
// time. The second one finds which of the four it was, and the third one keeps the places where the
// characters themselves are a key or a sign: one in two of JSON, one in five of a stack trace. No loop
// has a branch that depends on the string: a processor predicts it wrongly at most places, and each
// time costs 20 to 40 ns, as much as 30 characters.
//
// A separate search for each sign took three times as long, although V8 looks for one character in 16
// places at once: a message of 2 kB of JSON has 200 signs.

/** Up to this length one loop takes less time than a call of the engine and two. */
const SHORT = 80;

/** The longest string to look at in one go. */
export const LONGEST = 8192;

/** What is behind an index is never before the start. */
const START = 16;

/** Stands before and behind the string. No key contains it. */
const EDGE = 255;

/** Where a string is copied to, because bytes are read twice as fast as the characters of a string. */
const BUFFER = globalThis.Buffer?.alloc(START + LONGEST + START, EDGE);
const BYTES = new Uint8Array(BUFFER?.buffer ?? 0, BUFFER?.byteOffset ?? 0);
/** The same bytes, two and four at a time. */
const PAIRS = new Uint16Array(BYTES.buffer, BYTES.byteOffset, BYTES.length >> 1);
const VIEW = new DataView(BYTES.buffer, BYTES.byteOffset, BYTES.length);

/** The places, each the index of the last character of a key or sign. */
export const PLACES: Uint16Array = new Uint16Array(LONGEST + 8);
/** What is at each place; a set of {@link Mark}. */
export const MARKS: Uint8Array = new Uint8Array(LONGEST + 8);

/** Where four characters begin that contain such a place. */
const FOURS = new Uint16Array(LONGEST >> 1);
/** The bits of an entry. */
const ALL = TABLE.length - 1;

// Tables of another module take V8 longer.
const KEYS = EXACT;
/** 1 where the table has a mark. */
const MARKED = new Uint8Array(TABLE.length);
/** The class of each byte, and {@link ESCAPES}. */
const CLASS = new Uint16Array(256);
/** Bits that tell that JSON escapes a character, or that this is not known: beyond a byte. */
const ESCAPES = 0xff00;
/** Of each pair of bytes the entry that `nextEntry()` makes of it, and {@link ESCAPED_PAIR}. */
const CODES = new Int32Array(1 << 16);
/** Tells that JSON escapes one of a pair; neither this nor what shifts it by ten bits is in an entry. */
const ESCAPED_PAIR = 1 << 20;
/** Characters beyond a byte, of which JSON escapes some. */
const WIDE = /[\u0100-\uffff]/;

/** Signs of two neighbours, in groups that have a bit in common, and what may be before them. */
const SIGNS: readonly (readonly [bit: number, first: string, second: string, before?: string])[] = [
  [1, '-', '-'],
  [1, '&', '#'],
  [2, '\\', 'u'],
  [2, '<:', '/'],
  [4, '%', '234'],
  [8, '', '@'],
  // `value`, `name=`
  [16, 'l', 'u', 'a'],
  [32, 'e', '=', 'm'],
  [64, '\u001b', '['],
];
const FIRST = new Uint8Array(256);
const SECOND = new Uint8Array(256);

/** The dot between the parts of a token. */
const DOT = 128;
/** 1 for the characters around it. */
const WORD = new Uint8Array(256);
const PART = new Uint8Array(256);
/** 1 for the names of Vault's tokens. */
const VAULT = new Uint8Array(256);

/** Whether JSON may have to escape a character of the string that was searched last. */
export let mayEscape = true;

/**
 * Finds the places of a string.
 *
 * @param text The string, of {@link LONGEST} characters or fewer.
 * @returns How many of {@link PLACES} and {@link MARKS} are set.
 */
export function findPlaces(text: string): number {
  const end = START + text.length;
  VIEW.setInt32(end, -1);
  if (text.length <= SHORT) return narrow(copy(text));
  // In this encoding each character is one byte: of a character beyond U+00FF, its lower half.
  BUFFER.write(text, START, 'latin1');
  const fours = collect(end);
  mayEscape ||= WIDE.test(text);
  return narrow(spread(fours));
}

/**
 * Copies a short string and collects its places. Two loops and their tables would take longer, and a
 * separate search for what JSON escapes half as long again.
 */
function copy(text: string): number {
  let count = 0;
  let seen = 0;
  let entry = (CLASS[EDGE] as number) * 33;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = CLASS[code & 255] as number;
    BYTES[START + at] = code;
    seen |= code | kind;
    entry = ((entry << 5) | kind) & ALL;
    PLACES[count] = START + at;
    count += MARKED[entry] as number;
  }
  mayEscape = (seen & ESCAPES) !== 0;
  return count;
}

/** Collects where the table has a mark among four characters, which takes a third less time than each. */
function collect(end: number): number {
  let count = 0;
  let seen = 0;
  let before = CODES[PAIRS[(START >> 1) - 1] as number] as number;
  const last = (end + 1) >> 1;
  for (let pair = START >> 1; pair < last; pair += 2) {
    const code = CODES[PAIRS[pair] as number] as number;
    const next = CODES[PAIRS[pair + 1] as number] as number;
    const first = (before << 10) | code;
    const second = (code << 10) | next;
    FOURS[count] = pair << 1;
    seen |= code | next;
    count +=
      (MARKED[(first >> 5) & ALL] as number) |
      (MARKED[first & ALL] as number) |
      (MARKED[(second >> 5) & ALL] as number) |
      (MARKED[second & ALL] as number);
    before = next;
  }
  mayEscape = (seen & ESCAPED_PAIR) !== 0;
  return count;
}

/** Collects which of the four it is. */
function spread(fours: number): number {
  let count = 0;
  for (let four = 0; four < fours; four += 1) {
    const index = FOURS[four] as number;
    const code = CODES[PAIRS[index >> 1] as number] as number;
    const first = ((CODES[PAIRS[(index >> 1) - 1] as number] as number) << 10) | code;
    const second = (code << 10) | (CODES[PAIRS[(index >> 1) + 1] as number] as number);
    PLACES[count] = index;
    count += MARKED[(first >> 5) & ALL] as number;
    PLACES[count] = index + 1;
    count += MARKED[first & ALL] as number;
    PLACES[count] = index + 2;
    count += MARKED[(second >> 5) & ALL] as number;
    PLACES[count] = index + 3;
    count += MARKED[second & ALL] as number;
  }
  return count;
}

/** Keeps the places where the characters themselves are a key or a sign. */
function narrow(count: number): number {
  let kept = 0;
  for (let place = 0; place < count; place += 1) {
    const index = PLACES[place] as number;
    const four = VIEW.getInt32(index - 3, true);
    const sign =
      (FIRST[(four >>> 16) & 255] as number) &
      (SECOND[four >>> 24] as number) &
      ((DOT - 1) | (isToken(index, (four >>> 8) & 255) << 7));
    const marks = bitOf(KEYS, exactBit(four >>> 8)) | (((sign + 255) >> 8) << 2);
    PLACES[kept] = index - START;
    MARKS[kept] = marks;
    kept += (marks + 7) >> 3;
  }
  return kept;
}

/**
 * 1 if a token may have its first dot in front of a place. Most dots are behind a short word, before
 * an extension, a number or a short name.
 */
function isToken(index: number, before: number): number {
  return (
    (PART[BYTES[index + 1] as number] as number) &
    (PART[BYTES[index + 7] as number] as number) &
    (PART[BYTES[index + 11] as number] as number) &
    (PART[BYTES[index + 15] as number] as number) &
    ((VAULT[before] as number) |
      ((WORD[BYTES[index - 7] as number] as number) &
        (WORD[BYTES[index - 13] as number] as number)))
  );
}

/** Fills the tables, from which a search reads. */
export function prepareSigns(): void {
  const bytes = new Uint8Array(2);
  const pair = new Uint16Array(bytes.buffer);
  for (let first = 0; first < 256; first += 1) {
    const entry = nextEntry(0, first);
    // Beyond the bits of an entry
    CLASS[first] = entry | (isEscaped(first) ? 0x8000 : 0);
    WORD[first] = PART[first] = isWord(first) ? 1 : 0;
    for (let second = 0; second < 256; second += 1) {
      bytes[0] = first;
      bytes[1] = second;
      const escapes = isEscaped(first) || isEscaped(second);
      CODES[pair[0] as number] = nextEntry(entry, second) | (escapes ? ESCAPED_PAIR : 0);
    }
  }
  PART[45] = 1;
  for (const code of codesOf('rs')) VAULT[code] = 1;
  for (const [bit, first, second, before = ''] of SIGNS) {
    enter(bit, codesOf(first), codesOf(second), codesOf(before));
  }
  const parts = ANY.filter((code) => PART[code] === 1);
  enter(DOT, [46], parts, ANY.filter(isWord));
  prepareMarks();
}

/** Whether JSON may escape a character of a byte: see `json.ts`. */
function isEscaped(code: number): boolean {
  return code < 32 || code === 34 || code === 92 || (code > 126 && code < 160);
}

/** Notices what was added to the table. */
export function prepareMarks(): void {
  MARKED.set(TABLE.map((marks) => Math.min(marks, 1)));
}

function enter(
  bit: number,
  first: readonly number[],
  second: readonly number[],
  before: readonly number[],
): void {
  for (const code of first) FIRST[code] = (FIRST[code] as number) | bit;
  for (const code of second) SECOND[code] = (SECOND[code] as number) | bit;
  for (const a of classesOf(before)) {
    for (const b of classesOf(first)) {
      for (const c of classesOf(second)) {
        const entry = (a << 10) | (b << 5) | c;
        TABLE[entry] = (TABLE[entry] as number) | Mark.sign;
      }
    }
  }
}

function classesOf(codes: readonly number[]): Set<number> {
  return new Set(codes.map((code) => nextEntry(0, code)));
}
