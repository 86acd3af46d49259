import { USUAL_KEYS } from './secret-key.ts';

// Which characters show that a secret name may be near, for the search in `scan.ts`.
//
// A line of `name=value` pairs, or of JSON, has a dozen names and most often no secret one. To look at
// each separator costs more than writing the line. So each name has a key, as a rule has: two or three
// letters that it contains, and that are rare elsewhere. `-`, `_` and `.` make no difference in a name,
// so a key may also be broken by one, as in `to_ken`. Behind two of them, any letter is a key.

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

/** Three neighbours, each one of some characters; an empty string stands for all. */
export type Neighbours = readonly [first: string, second: string, third: string];

const IGNORED = '-_.';

/** The keys of the names of MAP's own list. */
export function usualNameKeys(): Neighbours[] {
  return [
    [IGNORED, IGNORED, 'abcdefghijklmnopqrstuvwxyz0123456789$'],
    // `sid` as two words, which no key of a name contains
    [' ', 'i', 'd'],
    // `?k=`, `%3Fk=`, `\u0026k=`
    ['?&;#fb36', 'k', ' \t"\'`[]\\=%&'],
    ...[...USUAL_KEYS, 'hma'].flatMap(spellings),
  ];
}

/** The keys of other names, which are written as `plainKey()` writes them: their beginnings. */
export function nameKeys(names: Iterable<string>): Neighbours[] {
  return [...names].flatMap((name) => {
    // A space may be before a second word.
    const word = SECOND_WORDS.find((second) => name !== second && name.endsWith(second)) ?? '';
    return spellings(name.slice(0, Math.min(3, name.length - word.length)));
  });
}

function spellings(key: string): Neighbours[] {
  const [a = '', b = '', c] = key;
  const broken: Neighbours[] = [[a, IGNORED, b]];
  if (c !== undefined) broken.push([b, IGNORED, c]);
  return [[a, b, c ?? ''], ...broken];
}
