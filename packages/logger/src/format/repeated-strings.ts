// Most lines repeat messages and values, and some have ids that never come again. A map that keeps
// all of them spends more on the new strings than it saves on the others. So each string has one
// place, given by some of its characters. The first time, a string only leaves a mark there; the
// second time, its JSON is kept, until another string leaves its mark.

/** A power of two. */
const PLACES = 1024;

/** Remembers the JSON of strings that it has seen twice. */
export class RepeatedStrings {
  readonly #make: (text: string) => string;
  readonly #marks = new Int32Array(PLACES);
  readonly #texts: (string | undefined)[] = new Array(PLACES).fill(undefined);
  readonly #made: string[] = new Array(PLACES).fill('');

  /** @param make Makes the JSON of a string. */
  constructor(make: (text: string) => string) {
    this.#make = make;
  }

  /** The JSON of a string. */
  json(text: string): string {
    const mark = markOf(text);
    const place = mark & (PLACES - 1);
    if (this.#marks[place] !== mark) {
      this.#marks[place] = mark;
      return this.#make(text);
    }
    if (this.#texts[place] === text) return this.#made[place] as string;
    const json = this.#make(text);
    this.#texts[place] = text;
    this.#made[place] = json;
    return json;
  }

  /** Forgets all strings. */
  clear(): void {
    this.#texts.fill(undefined);
  }
}

/** A number made of the last characters, where ids and counts differ, and of some before them. */
function markOf(text: string): number {
  const { length } = text;
  let mark = length;
  for (let index = 0; index < 4; index += 1) {
    mark = Math.imul(mark, 31) + text.charCodeAt((index * length) >> 2);
    mark = Math.imul(mark, 31) + text.charCodeAt(Math.max(0, length - 1 - index));
  }
  return mark ^ (mark >>> 16);
}
