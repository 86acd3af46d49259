import { nowMs } from './clock.ts';
import { type ContextFields, getContext } from './context.ts';
import { LEVELS, type LevelName } from './level.ts';
import type { Logging } from './logging.ts';

/** Fields of one line; `error` takes any thrown value. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines under a name, each with a trace id. */
export class TraceLogger {
  /** The name its lines carry. */
  readonly name: string;
  /** @internal */
  readonly logging: Logging;
  /** @internal */
  readonly bound: ContextFields | undefined;

  /** @internal */
  constructor(logging: Logging, name: string, bound?: ContextFields) {
    this.logging = logging;
    this.name = name;
    this.bound = bound;
  }

  trace(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('TRACE', message, fields);
  }
  debug(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('DEBUG', message, fields);
  }
  info(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('INFO', message, fields);
  }
  warning(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('WARNING', message, fields);
  }
  warn(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('WARNING', message, fields);
  }
  error(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('ERROR', message, fields);
  }
  critical(message: unknown, fields?: LogFields | Error): this {
    return this.#emit('CRITICAL', message, fields);
  }

  /** Makes a logger of the same name whose lines carry these fields too. */
  child(fields: ContextFields): ContextLogger {
    return new ContextLogger(this.logging, this.name, { ...this.bound, ...fields });
  }

  #emit(level: LevelName, message: unknown, fields?: LogFields | Error): this {
    if (LEVELS[level] < this.logging.level) return this;
    const error = message instanceof Error ? message : fields instanceof Error ? fields : undefined;
    this.logging.write({
      timeMs: nowMs(),
      level,
      name: this.name,
      message: message instanceof Error ? message.message : String(message),
      fields: error === undefined ? (fields as LogFields | undefined) : { error, ...fields },
      bound: this.bound,
      context: getContext(),
    });
    return this;
  }
}

/** A logger whose lines all carry a bound context. */
export class ContextLogger extends TraceLogger {
  /** The bound fields. */
  get context(): ContextFields {
    return this.bound ?? {};
  }
}
