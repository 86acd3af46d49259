import { editDistance } from '@map/redaction/kernel';

/**
 * Finds the known name that is most similar to a mistyped one.
 * @param name The mistyped name.
 * @param known The names to choose from.
 * @returns The most similar name, if exactly one is similar enough.
 */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const wanted = toWord(name);
  const limit = allowance(wanted.text.length);
  if (limit === 0) return undefined;
  let best: string | undefined;
  let bestDistance = limit + 1;
  let ties = 0;
  for (const other of wordsOf(known)) {
    if (isFar(wanted, other, limit)) continue;
    const distance = editDistance(wanted.text, other.text, limit);
    if (distance > bestDistance) continue;
    ties = distance === bestDistance ? ties + 1 : 0;
    bestDistance = distance;
    best = other.name;
  }
  return bestDistance <= limit && ties === 0 ? best : undefined;
}

interface Word {
  readonly name: string;
  readonly text: string;
  /** One bit for each letter that occurs. */
  readonly letters: number;
}

const indexed = new WeakMap<readonly string[], readonly Word[]>();

function wordsOf(known: readonly string[]): readonly Word[] {
  const found = indexed.get(known) ?? known.map(toWord);
  indexed.set(known, found);
  return found;
}

function toWord(name: string): Word {
  const text = name.trim().toUpperCase().replaceAll('-', '_');
  let letters = 0;
  for (let i = 0; i < text.length; i++) letters |= 1 << (text.charCodeAt(i) & 31);
  return { name, text, letters };
}

/** Whether two words surely differ by more edits: one edit changes two letters at most. */
function isFar(a: Word, b: Word, limit: number): boolean {
  if (Math.abs(a.text.length - b.text.length) > limit) return true;
  let differing = a.letters ^ b.letters;
  let count = 0;
  while (differing !== 0) {
    differing &= differing - 1;
    count++;
  }
  return count > limit * 2;
}

/** Short names are near to too many others. */
function allowance(length: number): number {
  if (length < 4) return 0;
  return length < 12 ? 1 : 2;
}
