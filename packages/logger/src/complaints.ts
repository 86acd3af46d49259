import { nowMs } from './clock.ts';
import { DescriptorSink } from './descriptor-sink.ts';
import type { LogRecord } from './json-formatter.ts';
import type { Sink } from './sink.ts';

const MAX_KNOWN = 1000;

/** What logging has to say about itself: on standard error, where it is not configured away. */
export class Complaints {
  readonly #said = new Set<string>();
  readonly #format: (record: LogRecord) => string;
  #stderr: DescriptorSink | undefined;

  constructor(format: (record: LogRecord) => string) {
    this.#format = format;
  }

  /** Says something once. */
  say(message: string): void {
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

  /** Says something each time: trouble that came back is news. */
  sayAgain(message: string): void {
    this.#said.delete(message);
    this.say(message);
  }

  /** Forgets what was said: a new set-up hears everything anew. */
  clear(): void {
    this.#said.clear();
  }

  /** Where complaints go, and lines that nobody else takes. */
  get sink(): Sink {
    this.#stderr ??= new DescriptorSink(2, 'line', {
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
