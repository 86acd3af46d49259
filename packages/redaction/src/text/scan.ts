import { KINDS, Kind } from '../characters/characters.ts';
import { addEnds, addUsualEnds, EDGE, Ends, endsBefore, mayEnd, noEnds } from '../key/name-ends.ts';
import { secretNameBefore } from './assignments.ts';
import { isPairAt } from './elements.ts';
import { entryOf, isKey, matches, nextEntry, prepareTable, TABLE } from './rule-table.ts';
import { DOTTED } from './tokens.ts';
import { isCutUrl, isUserinfoBefore } from './url-signs.ts';

// Decides cheaply which searches need to see a string: most strings of a log need none.
//
// One loop over the bytes of the string looks for three characters that a table has: the keys of rules
// (see `rule-table.ts`), the last two of a secret name and a separator, and the signs of URLs, elements,
// lists and flags. Around these, and around an `@` and a dot, it looks more closely, so that only a
// string with a secret name before a separator, and not each with a separator, is searched for
// assignments. A separate search for each sign took three times as long, although V8 looks for one
// character in 16 places at once: a message of 2 kB of JSON has 200 signs.

/** What a string may contain; a bit set. */
export const Sign = { rule: 1, url: 2, name: 4, entry: 8, element: 16, pair: 32 } as const;

/** All of {@link Sign}. */
export const EVERY_SIGN = 63;

/** A `://`, which is a sign together with an `@` behind it. */
const SCHEME = 64;

/** The secret names. */
export interface Names {
  /** Decides about a name. */
  readonly isSecret: (name: string) => boolean;
  /** The names of policies, without case and the signs between words. */
  readonly keys: ReadonlySet<string>;
}

/** Characters at which the loop looks more closely. */
const LOOK = new Uint8Array(256);
for (const sign of '@.') LOOK[sign.charCodeAt(0)] = 1;

/** Up to this length a loop copies a string faster than a call of the engine does. */
const SHORT = 80;

/** How many characters are looked at in one go. */
const SIZE = 8192;

/** How far parts of a longer string overlap: a name and a quote before and behind it. */
const OVERLAP = 128;

/** Where the first of them is copied to: what is behind an index is never before the start. */
const START = 16;

/** Where they are copied to, because bytes are read twice as fast as the characters of a string. */
const BUFFER = globalThis.Buffer?.alloc(START + SIZE + OVERLAP, EDGE);
const BYTES = new Uint8Array(BUFFER?.buffer ?? 0, BUFFER?.byteOffset ?? 0);
/** The same bytes, two at a time. */
const PAIRS = new Uint16Array(BYTES.buffer, BYTES.byteOffset, BYTES.length >> 1);
/** The places that need a closer look. */
const HITS = new Uint16Array(SIZE);

// Tables and numbers of another module take V8 longer.
/** The keys of rules and the rare pairs, see `rule-table.ts`, and the ends of names before separators. */
const KEYS = new Uint8Array(TABLE.length);
/** The ends of the names of MAP's own list, and of all policies that there have been. */
const ENDS = noEnds();
/** The sets of these policies' names. */
const entered = new WeakSet<ReadonlySet<string>>();
/** Of each pair of bytes the entry that `nextEntry()` makes of it, and {@link LOOKED}. */
const CODES = new Uint16Array(1 << 16);
/** Marks the pairs with a character that needs a closer look. */
const LOOKED = 1 << 15;

/**
 * Returns the signs of what a string may contain. Without its sign, a search would find nothing.
 *
 * @param text The string.
 * @param names The secret names.
 */
export function signsOf(text: string, names: Names): number {
  if (BUFFER === undefined) return EVERY_SIGN;
  if (!isPrepared) prepare();
  if (names.keys.size > 0 && !entered.has(names.keys)) enter(names.keys);
  if (text.length <= SIZE) return signsOfPart(text, text, -START, names, 0) & EVERY_SIGN;
  let signs = 0;
  for (let from = 0; from < text.length - OVERLAP; from += SIZE - OVERLAP) {
    signs |= signsOfPart(text.slice(from, from + SIZE), text, from - START, names, signs);
  }
  return signs & EVERY_SIGN;
}

function signsOfPart(
  part: string,
  text: string,
  from: number,
  names: Names,
  before: number,
): number {
  // In this encoding each character is one byte: of a character beyond U+00FF, its lower half.
  const end = START + part.length;
  if (part.length > SHORT) BUFFER.write(part, START, 'latin1');
  else for (let at = 0; at < part.length; at += 1) BYTES[START + at] = part.charCodeAt(at);
  BYTES[end] = EDGE;
  const count = collect(end);
  if (count === 0) return 0;
  const { isSecret } = names;
  let signs = before;
  for (let place = 0; place < count; place += 1) {
    const index = HITS[place] as number;
    const last = CODES[PAIRS[(index >> 1) - 1] as number] as number;
    const code = CODES[PAIRS[index >> 1] as number] as number;
    const odd = ((last & 1023) << 5) | ((code >> 5) & 31);
    const even = ((last & 31) << 10) | (code & 1023);
    if (KEYS[odd] !== 0) signs |= keyAt(odd, text, from, index, signs, isSecret);
    if (KEYS[even] !== 0) signs |= keyAt(even, text, from, index + 1, signs, isSecret);
    if (code < LOOKED) continue;
    if (LOOK[BYTES[index] as number] !== 0) signs |= signAt(text, from, index, signs);
    if (LOOK[BYTES[index + 1] as number] !== 0) signs |= signAt(text, from, index + 1, signs);
  }
  return signs;
}

/**
 * Collects the places that need a closer look, each the first of two characters. Without a branch,
 * which a processor would often predict wrongly, and two at a time this takes half the time.
 */
function collect(end: number): number {
  let count = 0;
  let before = CODES[PAIRS[(START >> 1) - 1] as number] as number;
  for (let index = START; index < end; index += 2) {
    const code = CODES[PAIRS[index >> 1] as number] as number;
    HITS[count] = index;
    count +=
      (KEYS[((before & 1023) << 5) | ((code >> 5) & 31)] as number) |
      (KEYS[((before & 31) << 10) | (code & 1023)] as number) |
      (code >> 15);
    before = code;
  }
  return count;
}

let isPrepared = false;

/** Fills the tables with the first search. */
function prepare(): void {
  isPrepared = true;
  prepareTable();
  KEYS.set(TABLE);
  addUsualEnds(ENDS);
  enterEnds();
  const bytes = new Uint8Array(2);
  const pair = new Uint16Array(bytes.buffer);
  for (let first = 0; first < 256; first += 1) {
    const entry = nextEntry(0, first);
    for (let second = 0; second < 256; second += 1) {
      bytes[0] = first;
      bytes[1] = second;
      CODES[pair[0] as number] = nextEntry(entry, second) | (isLooked(first, second) ? LOOKED : 0);
    }
  }
}

/** Adds the names of policies to the tables. What is there too much costs time and nothing else. */
function enter(names: ReadonlySet<string>): void {
  entered.add(names);
  addEnds(ENDS, names);
  enterEnds();
}

/** Enters two characters and a separator where a secret name may end with them. */
function enterEnds(): void {
  // Bytes beyond ASCII have the class of a control character.
  for (let second = 0; second < 128; second += 1) {
    for (let last = 0; last < 128; last += 1) {
      if (mayEnd(ENDS, second, last)) KEYS[entryOf(second, last, 58)] = 1;
    }
  }
}

/** Whether one of two neighbours needs a closer look: an `@`, or the dot between the parts of a token. */
function isLooked(first: number, second: number): boolean {
  if (first === 64 || second === 64) return true;
  return (first === 46 && isPart(second)) || (second === 46 && isWord(first));
}

/** The signs that the end of an entry shows. */
function keyAt(
  entry: number,
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
): number {
  let found = 0;
  switch (BYTES[index]) {
    case 58: // `name:`
    case 61: // `name=`
      found = separatorAt(text, from, index, signs, isSecret);
      break;
    case 47: // `://`, `</`
      if (BYTES[index - 1] === 60) found = Sign.element;
      else if (BYTES[index - 1] === 58 && BYTES[index + 1] === 47) {
        found = isCutUrl(text, from + index - 1) ? SCHEME | Sign.url : SCHEME;
      }
      break;
    case 45: // `--name value`
      if (BYTES[index - 1] === 45 && isName(BYTES[index + 1] as number)) found = Sign.name;
      break;
    case 44: // `"name",`
      if ((endsBefore(ENDS, BYTES, index) & Ends.secret) !== 0 && isPairAt(text, from + index))
        found = Sign.pair;
      break;
    case 50: // `%253D`
    case 51: // `%3D`
      if (BYTES[index - 1] === 37) found = Sign.name;
      break;
    case 52: // `%40`
      if (BYTES[index - 1] === 37) found = Sign.url;
      break;
    case 35: // `&#61;`
      if (BYTES[index - 1] === 38) found = Sign.name;
      break;
    case 117: // `\u003d`
      if (BYTES[index - 1] === 92 && BYTES[index + 3] === 51) found = Sign.name;
  }
  if ((signs & Sign.rule) !== 0 || !isKey(BYTES, index)) return found;
  return matches(entry, text, from + index + 1) ? found | Sign.rule : found;
}

/** The signs that an `@` or a dot shows. */
function signAt(text: string, from: number, index: number, signs: number): number {
  if (BYTES[index] === 64) {
    return (signs & SCHEME) !== 0 || isUserinfoBefore(text, from + index) ? Sign.url : 0;
  }
  return (signs & Sign.rule) === 0 && isDotted(text, from, index) ? Sign.rule : 0;
}

/** The signs of a name before a separator. */
function separatorAt(
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
): number {
  const found = endsBefore(ENDS, BYTES, index);
  if (found === 0) return 0;
  const isEntry = (found & (BYTES[index] === 61 ? Ends.value | Ends.name : Ends.value)) !== 0;
  const entry = isEntry ? Sign.entry : 0;
  if ((found & Ends.secret) === 0 || (signs & Sign.name) !== 0) return entry;
  return secretNameBefore(text, 0, from + index, isSecret) === undefined
    ? entry
    : entry | Sign.name;
}

function isName(code: number): boolean {
  return ((KINDS[code & 127] as number) & Kind.name) !== 0;
}

function isPart(code: number): boolean {
  return code === 45 || isWord(code);
}

function isWord(code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & Kind.word) !== 0;
}

/** Whether the first dot of a dotted token stands at a place. */
function isDotted(text: string, from: number, index: number): boolean {
  // Most dots are behind a short word: the names of Vault's tokens aside, that of a token is long.
  const before = (BYTES[index - 1] as number) | 1;
  if (
    before !== 115 &&
    !(
      isWord(BYTES[index - 6] as number) &&
      isWord(BYTES[index - 12] as number) &&
      isWord(BYTES[index - 17] as number)
    )
  )
    return false;
  // Most others are before an extension, a number or a short name.
  let end = index + 1;
  while (end < index + 34 && isPart(BYTES[end] as number)) end += 1;
  const length = end - index - 1;
  if (length < 16 && (length !== 6 || BYTES[end] !== 46)) return false;
  DOTTED_HERE.lastIndex = from + index;
  return DOTTED_HERE.test(text);
}

const DOTTED_HERE = new RegExp(DOTTED, 'y');
