import { isMainThread } from 'node:worker_threads';
import { startImmediate } from './real-timers.ts';

const FLUSH_AT_CHARS = 64 * 1024;

/** When a line goes to the operating system: at once, or with the other lines of its tick. */
export type Buffering = 'line' | 'tick';

/**
 * Collects the lines of one turn of the event loop, so that they cost one write. A worker thread
 * may be terminated in the middle of a turn, so its lines are written at once.
 */
export class LineBuffer {
  readonly #write: (text: string) => void;
  readonly #atOnce: boolean;
  #text = '';
  #scheduled = false;
  readonly #turn = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  constructor(buffering: Buffering, write: (text: string) => void) {
    this.#atOnce = buffering === 'line' || !isMainThread;
    this.#write = write;
  }

  /** Adds a line, its line feed included. */
  add(line: string): void {
    if (this.#atOnce) {
      this.#write(line);
      return;
    }
    this.#text += line;
    if (this.#text.length >= FLUSH_AT_CHARS) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      startImmediate(this.#turn);
    }
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }
}
