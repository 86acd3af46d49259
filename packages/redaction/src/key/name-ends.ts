import { Kind, runBefore } from '../characters/characters.ts';
import { usualEndings } from './secret-key.ts';

// Decides cheaply whether a name in a string may be secret.
//
// A line of `name=value` pairs, or of JSON, has a dozen names and most often no secret one. To cut each
// name out and to look it up costs more than writing the line. So a table has one place for each three
// letters, 5 bits of each, and a mark where a name that may be secret ends with them.

const BITS = 5;

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

/** Marks of the table: a name ends so; a word does if another word precedes it. */
const NAME = 1;
const SECOND = 2;

/** Marks the last three letters of names. */
export type NameEnds = Uint8Array;

/** The table of MAP's own list. */
let usual: NameEnds | undefined;

/**
 * Returns the table for the names of MAP's own list and for others.
 *
 * @param names The other names.
 */
export function nameEnds(names: Iterable<string>): NameEnds {
  usual ??= withEnds(new Uint8Array(1 << (3 * BITS)), [...usualEndings(), ...QUERY_NAMES]);
  for (const word of [...SECOND_WORDS, ...FILLERS]) {
    const entry = entryOf(word, 0, word.length) as number;
    usual[entry] = (usual[entry] as number) | SECOND;
  }
  return withEnds(usual.slice(), names);
}

function withEnds(ends: NameEnds, names: Iterable<string>): NameEnds {
  for (const name of names) {
    const entry = entryOf(name, 0, name.length);
    if (entry === undefined) continue;
    ends[entry] = (ends[entry] as number) | NAME;
    // A short name may stand behind the letters of an escape: `%3Fk=`.
    const shift = BITS * name.length;
    if (name.length < 3)
      for (let more = 0; more >> (3 * BITS - shift) === 0; more += 1) {
        const longer = entry | (more << shift);
        ends[longer] = (ends[longer] as number) | NAME;
      }
  }
  return ends;
}

/**
 * Returns whether a name that ends at a place may be secret.
 *
 * @param ends The table.
 * @param text The string.
 * @param from The first place to look at.
 * @param end The place behind the name.
 */
export function mayEndSecretName(ends: NameEnds, text: string, from: number, end: number): boolean {
  const entry = entryOf(text, from, end);
  const mark = entry === undefined ? NAME : (ends[entry] as number);
  if (mark !== SECOND) return mark !== 0;
  // `id` ends many names, and is a part of a secret one only in `session id`.
  const start = runBefore(text, from, end, LONGEST_WORD + 1, Kind.name);
  return text.charCodeAt(start - 1) === 32;
}

/** The place of the last three letters in a table; undefined if the last character is another one. */
function entryOf(text: string, from: number, end: number): number | undefined {
  let entry = 0;
  let letters = 0;
  for (let index = end - 1; index >= from && letters < 3; index -= 1) {
    const code = text.charCodeAt(index);
    // `-`, `.` and `_` make no difference in a name.
    if (code === 45 || code === 46 || code === 95) continue;
    const letter = code | 32;
    if (letter < 97 || letter > 122) return letters === 0 ? undefined : entry;
    entry |= (letter & 31) << (BITS * letters);
    letters += 1;
  }
  return letters === 0 ? undefined : entry;
}
