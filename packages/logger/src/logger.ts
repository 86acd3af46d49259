import { type ContextFields, copyFields } from './context.ts';
import type { FieldSource, Layer } from './layer.ts';
import { LEVELS, type LevelName, levelName, levelNumber, WINSTON_NAMES } from './level.ts';
import type { Logging } from './logging.ts';
import type { Namespace } from './namespace.ts';
import type { WinstonFormat } from './output.ts';
import { LogTimer } from './timer.ts';
import { newTraceId } from './trace-id.ts';
import type { WinstonTransport } from './transport-queue.ts';
import { winstonMembers } from './winston-members.ts';

/** Fields of one line; an `Error` among them is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Takes whatever an event comes with. */
export type Listener = (...args: never[]) => void;

/** winston's watch for exceptions or rejections. */
export interface WinstonExceptions {
  handle(...transports: unknown[]): void;
  unhandle(): void;
}

/** The methods that write a line. */
export type LogMethodName =
  | 'trace'
  | 'silly'
  | 'debug'
  | 'verbose'
  | 'http'
  | 'info'
  | 'notice'
  | 'warning'
  | 'warn'
  | 'error'
  | 'critical'
  | 'crit'
  | 'alert'
  | 'emerg'
  | 'log';

/** npm's, syslog's and our names with one scale: what winston's transports compare levels by. */
export const WINSTON_LEVELS: Readonly<Record<string, number>> = Object.freeze({
  critical: 0,
  emerg: 0,
  alert: 0,
  crit: 0,
  error: 1,
  warn: 2,
  warning: 2,
  notice: 3,
  info: 3,
  http: 4,
  verbose: 5,
  debug: 6,
  silly: 7,
  trace: 7,
  // Python's names, for a transport's own level.
  CRITICAL: 0,
  ERROR: 1,
  WARNING: 2,
  WARN: 2,
  INFO: 3,
  HTTP: 4,
  VERBOSE: 5,
  DEBUG: 6,
  TRACE: 7,
});

/**
 * Writes lines under a name, each with a trace id; a winston logger in everything else: transports
 * and formats can be added, `log`, `child`, `startTimer`, `profile`, `exceptions` are there.
 * winston itself is loaded when one of these is used first.
 * @example
 * ```ts
 * import { getLogger } from '@map/logger';
 *
 * const logger = getLogger('map.agents');
 * logger.info('Agent ready', { agent_id: 'agent-789' });
 * logger.error('Agent failed', new Error('no model', { cause: new Error('timeout') }));
 * ```
 */
export class TraceLogger {
  /** @internal */
  readonly logging: Logging;
  /** @internal */
  namespace: Namespace;
  /** @internal */
  readonly bound: FieldSource | undefined;
  #profiles: Map<unknown, number> | undefined;

  // What winston's logger does for it; see winston-members.ts.
  declare readonly on: (event: string, listener: Listener) => this;
  declare readonly once: (event: string, listener: Listener) => this;
  declare readonly off: (event: string, listener: Listener) => this;
  declare readonly emit: (event: string, ...args: unknown[]) => boolean;
  declare readonly write: (info: unknown) => boolean;
  declare readonly end: () => this;
  /** Removes all outputs and ends the watch for exceptions. */
  declare readonly close: () => this;
  /** Replaces outputs, level and format, as winston does. */
  declare readonly configure: (options: object) => void;
  declare readonly query: (
    options: object,
    done: (error: unknown, found: unknown) => void,
  ) => unknown;
  declare readonly stream: (options?: object) => { on(event: string, listener: Listener): unknown };
  declare readonly pipe: <T>(target: T) => T;
  declare readonly unpipe: (target?: unknown) => this;
  declare readonly exceptions: WinstonExceptions;
  declare readonly rejections: WinstonExceptions;
  declare exitOnError: boolean | ((error: unknown) => boolean);
  declare format: WinstonFormat;
  declare defaultMeta: LogFields | null;

  /** @internal */
  constructor(logging: Logging, namespace: Namespace, bound?: FieldSource) {
    this.logging = logging;
    this.namespace = namespace;
    this.bound = bound;
  }

  static {
    // Everything else a winston logger has, found by name when it is asked for.
    Object.setPrototypeOf(TraceLogger.prototype, winstonMembers);
  }

  /** The name its lines carry. */
  get name(): string {
    return this.namespace.name;
  }

  trace(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 5) this.logging.emit(this, 'TRACE', message, fields, more, 'trace');
    return this;
  }

  /** npm's name for `trace`. */
  silly(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 5) this.logging.emit(this, 'TRACE', message, fields, more, 'silly');
    return this;
  }

  debug(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 10) this.logging.emit(this, 'DEBUG', message, fields, more, 'debug');
    return this;
  }

  verbose(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 15) {
      this.logging.emit(this, 'VERBOSE', message, fields, more, 'verbose');
    }
    return this;
  }

  http(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 17) this.logging.emit(this, 'HTTP', message, fields, more, 'http');
    return this;
  }

  info(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 20) this.logging.emit(this, 'INFO', message, fields, more, 'info');
    return this;
  }

  /** syslog's name for what is `info` here. */
  notice(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 20) this.logging.emit(this, 'INFO', message, fields, more, 'notice');
    return this;
  }

  warning(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 30) {
      this.logging.emit(this, 'WARNING', message, fields, more, 'warning');
    }
    return this;
  }

  /** npm's name for `warning`. */
  warn(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 30) {
      this.logging.emit(this, 'WARNING', message, fields, more, 'warn');
    }
    return this;
  }

  error(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 40) this.logging.emit(this, 'ERROR', message, fields, more, 'error');
    return this;
  }

  critical(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 50) {
      this.logging.emit(this, 'CRITICAL', message, fields, more, 'critical');
    }
    return this;
  }

  /** syslog's name for what is `critical` here. */
  crit(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 50)
      this.logging.emit(this, 'CRITICAL', message, fields, more, 'crit');
    return this;
  }

  /** syslog's name for what is `critical` here. */
  alert(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 50)
      this.logging.emit(this, 'CRITICAL', message, fields, more, 'alert');
    return this;
  }

  /** syslog's name for what is `critical` here. */
  emerg(message: unknown, fields?: unknown, ...more: unknown[]): this {
    if (this.namespace.gate <= 50)
      this.logging.emit(this, 'CRITICAL', message, fields, more, 'emerg');
    return this;
  }

  /**
   * Writes a line of a level given by name, or a winston info.
   * @param level A level's name, or an info with `level` and `message`; an unknown level is
   * written as INFO with its name beside it.
   */
  log(level: unknown, message?: unknown, ...meta: unknown[]): this {
    if (typeof level === 'object' && level !== null) {
      this.logging.writeInfo(this, level);
      return this;
    }
    const number = levelNumber(level);
    const name: LevelName = number === undefined ? 'INFO' : levelName(number);
    if (this.namespace.gate > LEVELS[name]) return this;
    const [fields, ...more] = meta;
    if (number === undefined)
      this.logging.emit(this, name, message, fields, [...more, { level }], 'log');
    else this.logging.emit(this, name, message, fields, more, 'log');
    return this;
  }

  /** Makes a logger of the same name whose lines carry these fields too. */
  child(fields: ContextFields = {}): ContextLogger {
    return new ContextLogger(this.logging, this.namespace, {
      ...this.bound?.fields,
      ...copyFields(fields),
    });
  }

  /** Starts a timer whose `done` writes a line with `execution_time`. */
  startTimer(): LogTimer {
    return new LogTimer(this);
  }

  /** Starts a named measurement, and at the second call with that name writes its line. */
  profile(id: string | number, meta: LogFields = {}): this {
    this.#profiles ??= new Map();
    const startMs = this.#profiles.get(id);
    if (startMs === undefined) {
      this.#profiles.set(id, performance.now());
      return this;
    }
    this.#profiles.delete(id);
    const execution_time = Math.round((performance.now() - startMs) * 1000) / 1e6;
    const { level, message, ...fields } = copyFields(meta);
    const text = message ?? (typeof id === 'string' ? id : this.logging.formatter.text(id));
    return this.log(level ?? 'info', text, { ...fields, execution_time });
  }

  /** Whether a line of this level would be written anywhere. */
  isLevelEnabled(level: string): boolean {
    const number = levelNumber(level);
    return number !== undefined && this.namespace.gate <= number;
  }

  isTraceEnabled(): boolean {
    return this.namespace.gate <= LEVELS.TRACE;
  }
  isSillyEnabled(): boolean {
    return this.namespace.gate <= LEVELS.TRACE;
  }
  isDebugEnabled(): boolean {
    return this.namespace.gate <= LEVELS.DEBUG;
  }
  isVerboseEnabled(): boolean {
    return this.namespace.gate <= LEVELS.VERBOSE;
  }
  isInfoEnabled(): boolean {
    return this.namespace.gate <= LEVELS.INFO;
  }
  isWarnEnabled(): boolean {
    return this.namespace.gate <= LEVELS.WARNING;
  }
  isErrorEnabled(): boolean {
    return this.namespace.gate <= LEVELS.ERROR;
  }

  /** The level of this name, as npm calls it; to set it, any name of a level will do. */
  get level(): string {
    return WINSTON_NAMES[levelName(this.namespace.level)];
  }
  set level(level: string) {
    this.logging.setLevel(this.name, level);
  }

  /** The levels winston's transports compare by. */
  get levels(): Readonly<Record<string, number>> {
    return WINSTON_LEVELS;
  }

  /** Whether nothing at all is written. */
  get silent(): boolean {
    return this.logging.silent;
  }
  set silent(silent: boolean) {
    this.logging.silence(silent);
  }

  /** Adds a winston transport to the output of all loggers. */
  add(transport: WinstonTransport): this {
    this.logging.winston().add(transport);
    return this;
  }

  /** Removes a winston transport. */
  remove(transport: WinstonTransport): this {
    this.logging.winston().remove(transport);
    return this;
  }

  /** Removes all outputs. */
  clear(): this {
    this.logging.winston().clear();
    return this;
  }

  /** All outputs as winston transports. */
  get transports(): WinstonTransport[] {
    return this.logging.winston().transports;
  }
}

/** A logger whose lines all carry a bound context; made by `getLoggerWithContext` or `child`. */
export class ContextLogger extends TraceLogger {
  /** @internal */
  constructor(logging: Logging, namespace: Namespace, fields: ContextFields) {
    super(logging, namespace, new BoundFields(fields));
  }

  /** The bound fields; frozen. */
  get context(): ContextFields {
    return this.bound?.fields ?? {};
  }

  override get level(): string {
    return super.level;
  }
  /** Sets the level of this logger alone. */
  override set level(level: string) {
    this.namespace = this.logging.ownNamespace(this.name, level);
  }
}

/** Fields bound to a logger, with the trace id its lines share when nothing else gives one. */
class BoundFields implements FieldSource {
  readonly fields: ContextFields;
  readonly given: boolean;
  readonly layers: Layer[] = [];
  #traceId: string | undefined;

  constructor(fields: ContextFields) {
    this.fields = Object.freeze(copyFields(fields));
    const { trace_id } = this.fields;
    this.given = typeof trace_id === 'string' && trace_id !== '';
    this.#traceId = this.given ? trace_id : undefined;
  }

  get traceId(): string {
    this.#traceId ??= newTraceId();
    return this.#traceId;
  }
}
