import { copyFields } from './context.ts';
import { isError } from './error-fields.ts';
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
    const own = { ...copyFields(fields), execution_time };
    if (typeof message === 'object' && message !== null && !isError(message)) {
      const { level, ...info } = copyFields(message);
      this.#logger.log(typeof level === 'string' ? level : 'info', { ...info, ...own });
    } else {
      this.#logger.log('info', message ?? '', own);
    }
    return true;
  }
}
