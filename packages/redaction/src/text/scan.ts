import { KINDS, Kind } from '../characters/characters.ts';
import { EDGE, Ends, endsBefore, type NameEnds } from '../key/name-ends.ts';
import { secretNameBefore } from './assignments.ts';
import { matches, nextEntry, prepareTable, TABLE } from './rule-table.ts';
import { DOTTED } from './tokens.ts';

// Decides cheaply which searches need to see a string: most strings of a log need none.
//
// One loop over the bytes of the string looks for the keys of rules (see `rule-table.ts`) and for the
// signs of URLs, assignments, entries, elements, lists and dotted tokens. Around a sign it looks more
// closely, so that only a string with a secret name before a separator, and not each with a separator,
// is searched for assignments. A separate search for each sign took three times as long, although V8
// looks for one character in 16 places at once: a message of 2 kB of JSON has 200 signs.

/** What a string may contain; a bit set. */
export const Sign = { rule: 1, url: 2, name: 4, entry: 8, element: 16, pair: 32 } as const;

/** All of {@link Sign}. */
export const EVERY_SIGN = 63;

/** The secret names. */
export interface Names {
  /** Decides about a name. */
  readonly isSecret: (name: string) => boolean;
  /** The ends of all names that it may find secret. */
  readonly ends: NameEnds;
}

/** Characters at which the loop looks more closely. */
const LOOK = new Uint8Array(256);
for (const sign of ':=@%,.') LOOK[sign.charCodeAt(0)] = 1;

/** How many characters are looked at in one go. */
const SIZE = 8192;

/** How far parts of a longer string overlap: a name and a quote before and behind it. */
const OVERLAP = 128;

/** Where the first of them is copied to: what is behind an index is never before the start. */
const START = 16;

/** Where they are copied to, because bytes are read twice as fast as the characters of a string. */
const BUFFER = globalThis.Buffer?.alloc(START + SIZE + OVERLAP, EDGE);
const BYTES = new Uint8Array(BUFFER?.buffer ?? 0, BUFFER?.byteOffset ?? 0);
/** The places that need a closer look. */
const HITS = new Uint16Array(SIZE);

/**
 * Returns the signs of what a string may contain. Without its sign, a search would find nothing.
 *
 * @param text The string.
 * @param names The secret names.
 */
export function signsOf(text: string, names: Names): number {
  if (BUFFER === undefined) return EVERY_SIGN;
  prepareTable();
  if (text.length <= SIZE) return signsOfPart(text, text, -START, names);
  let signs = 0;
  for (let from = 0; from < text.length - OVERLAP; from += SIZE - OVERLAP) {
    signs |= signsOfPart(text.slice(from, from + SIZE), text, from - START, names);
  }
  return signs;
}

function signsOfPart(part: string, text: string, from: number, names: Names): number {
  // In this encoding each character is one byte: of a character beyond U+00FF, its lower half.
  const end = START + BUFFER.write(part, START, 'latin1');
  BYTES[end] = EDGE;
  const count = collect(end);
  if (count === 0) return 0;
  const { isSecret, ends } = names;
  let signs = 0;
  for (let place = 0; place < count; place += 1) {
    const index = HITS[place] as number;
    const first = BYTES[index] as number;
    const second = BYTES[index + 1] as number;
    const before = nextEntry(BYTES[index - 2] as number, BYTES[index - 1] as number);
    const odd = nextEntry(before, first);
    const even = nextEntry(odd, second);
    if (((TABLE[odd] as number) | (TABLE[even] as number)) !== 0) {
      signs |= pairAt(index - 1) | pairAt(index);
      if ((signs & Sign.rule) === 0 && isRule(odd, even, text, from + index)) signs |= Sign.rule;
    }
    if (LOOK[first] !== 0) signs |= signAt(text, from, index, signs, isSecret, ends);
    if (LOOK[second] !== 0) signs |= signAt(text, from, index + 1, signs, isSecret, ends);
  }
  return signs;
}

/**
 * Collects the places that need a closer look, each the first of two characters. Without a branch,
 * which a processor would often predict wrongly, and two at a time this takes half the time. It is in
 * this file because V8 takes 40 % longer for arrays of another module.
 */
function collect(end: number): number {
  let count = 0;
  let entry = 0;
  for (let index = START; index < end; index += 2) {
    const first = BYTES[index] as number;
    const second = BYTES[index + 1] as number;
    const odd = nextEntry(entry, first);
    entry = nextEntry(odd, second);
    HITS[count] = index;
    count +=
      (TABLE[odd] as number) |
      (TABLE[entry] as number) |
      (LOOK[first] as number) |
      (LOOK[second] as number);
  }
  return count;
}

/** Whether a rule matches around one of two characters, the first of which is at a place. */
function isRule(odd: number, even: number, text: string, at: number): boolean {
  return (
    (TABLE[odd] !== 0 && matches(odd, text, at + 1)) ||
    (TABLE[even] !== 0 && matches(even, text, at + 2))
  );
}

/** The sign that two characters show. */
function pairAt(index: number): number {
  const second = BYTES[index + 1] as number;
  switch (BYTES[index]) {
    case 45: // `--name value`
      return second === 45 && isName(BYTES[index + 2] as number) ? Sign.name : 0;
    case 38: // `&#61;`
      return second === 35 ? Sign.name : 0;
    case 92: // `\u003d`
      return second === 117 && BYTES[index + 4] === 51 ? Sign.name : 0;
    case 60: // `</`
      return second === 47 ? Sign.element : 0;
    default:
      return 0;
  }
}

/** The signs that a character shows. */
function signAt(
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
  ends: NameEnds,
): number {
  const next = BYTES[index + 1] as number;
  switch (BYTES[index]) {
    case 58: // :
      return (
        separatorAt(text, from, index, signs, isSecret, ends) | (isSlashes(index) ? Sign.url : 0)
      );
    case 61: // =
      return separatorAt(text, from, index, signs, isSecret, ends);
    case 64: // @
      return Sign.url;
    case 37: // `%40`, `%3D`, `%253D`
      if (next === 52) return Sign.url;
      return next === 51 || next === 50 ? Sign.name : 0;
    case 44: {
      const before = BYTES[index - 1];
      if (before !== 34 && before !== 39) return 0;
      return (endsBefore(ends, BYTES, index) & Ends.secret) === 0 ? 0 : Sign.pair;
    }
    default:
      return (signs & Sign.rule) === 0 && isDotted(text, from, index) ? Sign.rule : 0;
  }
}

/** The signs of a name before a separator. */
function separatorAt(
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
  ends: NameEnds,
): number {
  const found = endsBefore(ends, BYTES, index);
  if (found === 0) return 0;
  const isEntry = (found & (BYTES[index] === 61 ? Ends.value | Ends.name : Ends.value)) !== 0;
  const entry = isEntry ? Sign.entry : 0;
  if ((found & Ends.secret) === 0 || (signs & Sign.name) !== 0) return entry;
  return secretNameBefore(text, 0, from + index, isSecret) === undefined
    ? entry
    : entry | Sign.name;
}

function isSlashes(index: number): boolean {
  return BYTES[index + 1] === 47 && BYTES[index + 2] === 47;
}

function isName(code: number): boolean {
  return ((KINDS[code & 127] as number) & Kind.name) !== 0;
}

/** Whether the first dot of a dotted token stands at a place. */
function isDotted(text: string, from: number, index: number): boolean {
  // Most dots are before a space, an extension or a short name.
  if (!isName(BYTES[index + 1] as number) || !isName(BYTES[index + 6] as number)) return false;
  if (
    BYTES[index + 7] !== 46 &&
    !(isName(BYTES[index + 11] as number) && isName(BYTES[index + 16] as number))
  )
    return false;
  DOTTED_HERE.lastIndex = from + index;
  return DOTTED_HERE.test(text);
}

const DOTTED_HERE = new RegExp(DOTTED, 'y');
