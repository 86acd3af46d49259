const FLUSH_AT_CHARS = 64 * 1024;

/** When a line goes to the operating system: at once, or with the others of its tick. */
export type Buffering = 'line' | 'tick';

/**
 * Collects the lines of one turn of the event loop, so that they cost one write.
 */
export class LineBuffer {
  readonly #write: (text: string) => void;
  readonly #buffering: Buffering;
  #text = '';
  #scheduled = false;
  readonly #turn = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  constructor(buffering: Buffering, write: (text: string) => void) {
    this.#buffering = buffering;
    this.#write = write;
  }

  /** Whether lines wait for the end of the tick. */
  get waiting(): boolean {
    return this.#text !== '';
  }

  /** Adds a line, its line feed included. */
  add(line: string): void {
    if (this.#buffering === 'line') {
      this.#write(line);
      return;
    }
    this.#text += line;
    if (this.#text.length >= FLUSH_AT_CHARS) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#turn);
    }
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }
}
