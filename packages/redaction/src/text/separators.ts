import { Kind, runBefore } from '../characters/characters.ts';

/** The longest name of a value. */
export const MAX_NAME = 64;

/** Finds the separators of a string in their order, by the engine's own fast search. */
export class Separators {
  readonly #text: string;
  readonly #next: number[];
  readonly #signs: readonly string[];

  constructor(text: string) {
    this.#text = text;
    // Few strings contain more than the first two; a space is one behind a flag only.
    const signs = [':', '='];
    if (text.includes('%')) signs.push('%3', '%253');
    if (text.includes('\\u003')) signs.push('\\u003');
    if (text.includes('&#')) signs.push('&#');
    if (text.includes('--')) signs.push(' ');
    this.#signs = signs;
    this.#next = this.#signs.map(() => -1);
  }

  /** The first separator at or after an index; -1 if no separator follows. */
  next(from: number): number {
    let first = -1;
    for (let index = 0; index < this.#signs.length; index += 1) {
      const at = this.#at(index, from);
      if (at !== Infinity && (first < 0 || at < first)) first = at;
    }
    return first;
  }

  #at(index: number, from: number): number {
    let at = this.#next[index] as number;
    while (at < from) {
      at = this.#text.indexOf(this.#signs[index] as string, Math.max(from, at + 1));
      if (at < 0) at = Infinity;
      else if (!isSeparator(this.#text, at)) {
        from = at + 1;
      }
    }
    this.#next[index] = at;
    return at;
  }
}

function isSeparator(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 37 || code === 92 || code === 38) return widthOf(text, at) > 0;
  // A comparison, `==`, assigns nothing.
  if (code === 61) return text[at + 1] !== '=' && text[at - 1] !== '=';
  return code !== 32 || isFlagBefore(text, at);
}

const ENCODED = /%(?:25)?3[ad]|\\u003[ad]|&#(?:58|61|x3[ad]);/iy;

/** Returns how many characters a separator has; 0 for an encoded sign that is not a separator. */
export function widthOf(text: string, at: number): number {
  if ('%\\&'.includes(text[at] as string)) return sticky(ENCODED, text, at).length;
  const next = text[at + 1];
  return (text[at] === '=' && next === '>') || (text[at] === ':' && next === '=') ? 2 : 1;
}

function isFlagBefore(text: string, at: number): boolean {
  const start = runBefore(text, 0, at, MAX_NAME, Kind.name);
  return start < at - 2 && text.startsWith('--', start);
}

/** Returns what a sticky pattern matches at a place; an empty string if it does not match. */
export function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
