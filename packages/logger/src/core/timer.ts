import { copyFields } from '../context/context.ts';
import { isError } from '../format/error-fields.ts';
import type { TimedLogger } from './log-target.ts';

/** Measures one piece of work; its line carries `execution_time` in seconds. */
export class LogTimer {
  readonly #logger: TimedLogger;
  readonly #startMs: number = performance.now();

  /** @internal */
  constructor(logger: TimedLogger) {
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
    const above = LogTimer.prototype.done;
    if (typeof message === 'object' && message !== null && !isError(message)) {
      const { level, ...info } = copyFields(message);
      const name = typeof level === 'string' ? level : 'info';
      this.#logger.write(above, name, { ...info, ...own }, []);
    } else {
      this.#logger.write(above, 'info', message ?? '', [own]);
    }
    return true;
  }
}
