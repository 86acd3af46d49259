import type { TraceLogger } from './logger.ts';

/** Measures one piece of work; its line carries `execution_time` in seconds. */
export class LogTimer {
  readonly #logger: TraceLogger;
  readonly #startMs: number = performance.now();

  /** @internal */
  constructor(logger: TraceLogger) {
    this.#logger = logger;
  }

  /** The seconds since the start. */
  get elapsedSeconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  /**
   * Writes the line.
   * @param message The message, or winston's form: an object with `message`, `level` and fields.
   * @param fields Further fields.
   * @returns Always true, as winston's.
   */
  done(message?: unknown, fields?: Readonly<Record<string, unknown>>): true {
    const execution_time = Math.round(this.elapsedSeconds * 1e6) / 1e6;
    if (typeof message === 'object' && message !== null) {
      const { level, ...info } = message as { level?: unknown };
      const name = typeof level === 'string' ? level : 'info';
      this.#logger.log(name, { ...info, ...fields, execution_time });
    } else {
      this.#logger.log('info', message ?? '', { ...fields, execution_time });
    }
    return true;
  }
}
