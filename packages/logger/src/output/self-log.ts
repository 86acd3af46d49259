import { nowMs } from '../format/clock.ts';
import type { LogRecord } from '../format/json-formatter.ts';
import type { Sink } from './sink.ts';
import { StdoutSink } from './stdout-sink.ts';

const MAX_KNOWN = 1000;

/** The logger's own warnings: they go to standard error, which no option turns off. */
export class SelfLog {
  readonly #said = new Set<string>();
  readonly #format: (record: LogRecord) => string;
  #stderr: StdoutSink | undefined;

  constructor(format: (record: LogRecord) => string) {
    this.#format = format;
  }

  /** Writes a warning once. */
  warn(message: string): void {
    if (this.#said.has(message) || this.#said.size > MAX_KNOWN) return;
    this.#said.add(message);
    const line = this.#format({
      timeMs: nowMs(),
      level: 'WARNING',
      name: 'map.logger',
      message,
      fields: { pid: process.pid },
    });
    this.sink.write(`${line}\n`);
  }

  /** Writes a warning each time: a failure that came back is news. */
  warnAgain(message: string): void {
    this.#said.delete(message);
    this.warn(message);
  }

  /** Forgets the warnings written so far, for a new set-up. */
  clear(): void {
    this.#said.clear();
  }

  /** Where the warnings go, and lines that no other output takes. */
  get sink(): Sink {
    this.#stderr ??= new StdoutSink(2, 'line', {
      rescue: () => false,
      warn: () => {},
      recovered: () => {},
    });
    return this.#stderr;
  }

  flushSync(patienceMs: number): void {
    this.#stderr?.flushSync(patienceMs);
  }
}
