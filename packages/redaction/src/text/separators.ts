import { Kind, runBefore } from '../characters/characters.ts';

/** The longest name of a value. */
export const MAX_NAME = 64;

/**
 * Finds the separators of a string in their order, by the engine's own fast search. Few strings contain
 * more than `:` and `=`, so these two have a field each, and the others a list.
 */
export class Separators {
  readonly #text: string;
  readonly #signs: readonly string[];
  readonly #next: number[];
  #colon = -1;
  #equals = -1;

  constructor(text: string) {
    this.#text = text;
    const signs: string[] = [];
    if (text.includes('%')) signs.push('%3', '%253');
    if (text.includes('\\u003')) signs.push('\\u003');
    if (text.includes('&#')) signs.push('&#');
    // A space is a separator behind a flag only.
    if (text.includes('--')) signs.push(' ');
    this.#signs = signs;
    this.#next = signs.map(() => -1);
  }

  /** The first separator at or after an index; -1 if no separator follows. */
  next(from: number): number {
    if (this.#colon < from) this.#colon = find(this.#text, ':', from);
    if (this.#equals < from) this.#equals = find(this.#text, '=', from);
    let first = Math.min(this.#colon, this.#equals);
    for (let index = 0; index < this.#signs.length; index += 1) {
      if ((this.#next[index] as number) < from) {
        this.#next[index] = find(this.#text, this.#signs[index] as string, from);
      }
      first = Math.min(first, this.#next[index] as number);
    }
    return first === Infinity ? -1 : first;
  }
}

/** The first separator that begins with a sign at or after an index; Infinity if none follows. */
function find(text: string, sign: string, from: number): number {
  let at = text.indexOf(sign, from);
  while (at >= 0 && !isSeparator(text, at)) at = text.indexOf(sign, at + 1);
  return at < 0 ? Infinity : at;
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
