const LONGEST = 40;

/**
 * Finds the known word that a wrong one probably stands for: written differently, shortened, or
 * mistyped.
 * @param word The wrong word.
 * @param known The words to choose from.
 * @returns The most similar word; `undefined` without one, or if two are equally similar.
 */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const given = letters(word);
  if (given.length < 2 || given.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = distanceOf(given, letters(candidate));
    if (distance > least || distance === Number.POSITIVE_INFINITY) continue;
    best = distance < least ? candidate : undefined;
    least = distance;
  }
  return best;
}

function letters(word: string): string {
  return word.trim().toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** A beginning is closer than a typing error, and an abbreviation such as `prd` is the farthest. */
function distanceOf(given: string, other: string): number {
  if (given === other) return 0;
  if (other.startsWith(given)) return 1;
  if (other.length > 1 && given.startsWith(other)) return 2;
  const limit = given.length < 3 ? 0 : given.length < 5 ? 1 : 2;
  const edits = editDistance(given, other, limit);
  if (edits <= limit) return 2 + edits;
  return given.length > 2 && isAbbreviation(given, other) ? 5 : Number.POSITIVE_INFINITY;
}

/** Whether a word consists of another one's first letter and some later ones, in their order. */
function isAbbreviation(given: string, other: string): boolean {
  if (given[0] !== other[0]) return false;
  let at = 0;
  for (const letter of given) {
    at = other.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/**
 * The number of letters to add, drop, change or swap with their neighbor.
 * @param limit Any larger number is returned as `limit + 1`.
 */
export function editDistance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let before: number[] = [];
  let last: number[] = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const row: number[] = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, change);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return Math.min(at(last, other.length), limit + 1);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
