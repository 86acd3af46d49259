/**
 * Finds the known name that a mistyped one most likely means.
 * @param name What was written.
 * @param known What could have been meant.
 * @returns The nearest known name, if exactly one is near enough.
 */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const wanted = normalize(name);
  const limit = allowance(wanted.length);
  let best: string | undefined;
  let bestDistance = limit + 1;
  let ties = 0;
  for (const candidate of known) {
    const other = normalize(candidate);
    if (Math.abs(other.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, other, limit);
    if (distance > bestDistance) continue;
    ties = distance === bestDistance ? ties + 1 : 0;
    bestDistance = distance;
    best = candidate;
  }
  return bestDistance <= limit && ties === 0 ? best : undefined;
}

function normalize(name: string): string {
  return name.trim().toUpperCase().replaceAll('-', '_');
}

/** Short names are near to too many others. */
function allowance(length: number): number {
  if (length < 4) return 0;
  return length < 9 ? 1 : 2;
}

/** Edits, a swap of neighbours counted as one; anything above `limit` is `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last: number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
