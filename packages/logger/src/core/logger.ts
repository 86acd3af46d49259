import { copyFields } from '../context/context.ts';
import type { ContextFields } from '../context/context-fields.ts';
import type { FieldLayer, FieldSource } from '../context/field-source.ts';
import { newTraceId } from '../context/trace-id.ts';
import type { Above } from '../format/caller.ts';
import { readInfo } from '../format/winston-info.ts';
import { LEVELS, type LevelName, levelName, levelNumber, WINSTON_NAMES } from '../level/level.ts';
import type { Namespace } from '../level/namespace.ts';
import { isPlain } from './arguments.ts';
import type { LineSource, LogTarget, Serializers } from './log-target.ts';
import { LogTimer } from './timer.ts';

/** Fields of one line; an `Error` among them is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes a line of one level: a message and fields, an error and fields, fields and a message, or
 * a message with `%s` and values. It works without its logger, as in `promise.catch(log.error)`.
 */
export type LogMethod<L> = (message?: unknown, fields?: unknown, ...more: unknown[]) => L;

/** More about a child logger, as pino has it. */
export interface ChildOptions {
  /** The level of the child alone. */
  readonly level?: string | undefined;
  /** Functions that replace fields of these names before they are written. */
  readonly serializers?: Serializers | undefined;
}

/**
 * Writes lines under a name, each with a trace id.
 * @example
 * ```ts
 * import { getLogger } from '@map/logger';
 *
 * const logger = getLogger('map.agents');
 * logger.info('Agent ready', { agent_id: 'agent-789' });
 * logger.error('Agent failed', new Error('no model', { cause: new Error('timeout') }));
 * ```
 */
export class TraceLogger implements LineSource {
  /** @internal */
  readonly target: LogTarget;
  /** @internal */
  namespace: Namespace;
  /** @internal */
  readonly bound: FieldSource | undefined;
  /** @internal */
  readonly serializers: Serializers | undefined;

  readonly trace: LogMethod<this> = levelMethod(this, 'TRACE');
  /** npm's name for `trace`. */
  readonly silly: LogMethod<this> = this.trace;
  readonly debug: LogMethod<this> = levelMethod(this, 'DEBUG');
  readonly verbose: LogMethod<this> = levelMethod(this, 'VERBOSE');
  readonly http: LogMethod<this> = levelMethod(this, 'HTTP');
  readonly info: LogMethod<this> = levelMethod(this, 'INFO');
  /** syslog's name for `info`. */
  readonly notice: LogMethod<this> = this.info;
  readonly warning: LogMethod<this> = levelMethod(this, 'WARNING');
  /** npm's name for `warning`. */
  readonly warn: LogMethod<this> = this.warning;
  readonly error: LogMethod<this> = levelMethod(this, 'ERROR');
  readonly critical: LogMethod<this> = levelMethod(this, 'CRITICAL');
  /** pino's name for `critical`. */
  readonly fatal: LogMethod<this> = this.critical;
  /** syslog's name for `critical`. */
  readonly crit: LogMethod<this> = this.critical;
  /** syslog's name for `critical`. */
  readonly alert: LogMethod<this> = this.critical;
  /** syslog's name for `critical`. */
  readonly emerg: LogMethod<this> = this.critical;

  /** pino's method for a line that is never written. */
  readonly silent: LogMethod<this> = () => this;

  /**
   * Writes a line of a level given by name, or a winston info: `log('info', 'text', fields)`,
   * `log({ level, message, …fields })`. Without a level's name it writes an INFO line, as `console`
   * and Nest expect: `log('text', 'context')`. A level's name alone is a message: `log('error')`.
   */
  readonly log: (level: unknown, message?: unknown, ...meta: unknown[]) => this = logMethod(this);

  /**
   * Makes a logger of the same name whose lines carry these fields too.
   * @param fields The fields.
   * @param options Its own level, and serializers.
   */
  readonly child: (fields?: ContextFields, options?: ChildOptions) => ContextLogger = (
    fields,
    options,
  ) => this.#child(fields, options);

  /** Starts a timer whose `done` writes a line with `execution_time`. */
  readonly startTimer: () => LogTimer = () => new LogTimer(this);

  /** Starts a named measurement, and at the second call with that name writes its line. */
  readonly profile: (id: string | number, meta?: LogFields) => this = profileMethod(this);

  /** Whether a line of this level would be written anywhere. */
  readonly isLevelEnabled: (level: string) => boolean = (level) => {
    const number = levelNumber(level);
    return number !== undefined && this.namespace.gate <= number;
  };

  readonly isTraceEnabled: () => boolean = () => this.namespace.gate <= LEVELS.TRACE;
  readonly isSillyEnabled: () => boolean = this.isTraceEnabled;
  readonly isDebugEnabled: () => boolean = () => this.namespace.gate <= LEVELS.DEBUG;
  readonly isVerboseEnabled: () => boolean = () => this.namespace.gate <= LEVELS.VERBOSE;
  readonly isInfoEnabled: () => boolean = () => this.namespace.gate <= LEVELS.INFO;
  readonly isWarnEnabled: () => boolean = () => this.namespace.gate <= LEVELS.WARNING;
  readonly isErrorEnabled: () => boolean = () => this.namespace.gate <= LEVELS.ERROR;

  /** @internal */
  constructor(
    target: LogTarget,
    namespace: Namespace,
    bound?: FieldSource,
    serializers?: Serializers,
  ) {
    this.target = target;
    this.namespace = namespace;
    this.bound = bound;
    this.serializers = serializers;
  }

  /** The name that its lines carry. */
  get name(): string {
    return this.namespace.name;
  }

  /** @internal Writes a line whose caller is that of `above`. */
  write(above: Above, level: unknown, message: unknown, meta: readonly unknown[]): this {
    if (typeof level === 'object' && level !== null && message === undefined) {
      const { info, level: given } = readInfo(level);
      return this.#emit(above, given, info, []);
    }
    if (levelNumber(level) !== undefined) return this.#emit(above, level, message, meta);
    // An unknown level with its message and fields, or a message as console and Nest give it.
    const isWord = typeof level === 'string' && /^\w+$/.test(level);
    if (isWord && typeof message === 'string' && typeof meta[0] === 'object') {
      return this.#emit(above, level, message, meta);
    }
    const rest = message === undefined && meta.length === 0 ? [] : [message, ...meta];
    return this.#emit(above, 'info', level, rest);
  }

  #emit(above: Above, level: unknown, message: unknown, meta: readonly unknown[]): this {
    const number = levelNumber(level);
    const name: LevelName = number === undefined ? 'INFO' : levelName(number);
    if (this.namespace.gate > LEVELS[name]) return this;
    const unknown = number === undefined && level !== undefined;
    this.target.emit(this, name, message, unknown ? [...meta, { level }] : meta, above);
    return this;
  }

  #child(fields: ContextFields = {}, options: ChildOptions = {}): ContextLogger {
    const { level, serializers } = options ?? {};
    const child = new ContextLogger(
      this.target,
      this.namespace,
      { ...this.bound?.fields, ...copyFields(fields) },
      serializers === undefined ? this.serializers : { ...this.serializers, ...serializers },
    );
    if (level !== undefined) child.level = level;
    return child;
  }

  /** The level of this name, as npm calls it; any level's name sets it. */
  get level(): string {
    return WINSTON_NAMES[levelName(this.namespace.level)];
  }
  set level(level: string) {
    this.target.levels.set(this.name, level);
  }
}

/** A logger whose lines all carry a bound context; made by `getLoggerWithContext` or `child`. */
export class ContextLogger extends TraceLogger {
  /** @internal */
  constructor(
    target: LogTarget,
    namespace: Namespace,
    fields: ContextFields,
    serializers?: Serializers,
  ) {
    super(target, namespace, new BoundFields(fields), serializers);
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
    this.namespace = this.target.levels.own(this.name, level);
  }
}

function levelMethod<L extends TraceLogger>(logger: L, level: LevelName): LogMethod<L> {
  const number = LEVELS[level];
  const write = (message: unknown, ...meta: unknown[]): L => {
    if (logger.namespace.gate <= number) {
      logger.target.emit(logger, level, message, meta, write);
    }
    return logger;
  };
  return write;
}

function logMethod<L extends TraceLogger>(logger: L): TraceLogger['log'] & ((l: unknown) => L) {
  const log = (...given: [level: unknown, message?: unknown, ...meta: unknown[]]): L => {
    const [level, message, ...meta] = given;
    if (isMessageOfNest(given)) return logger.write(log, 'info', level, [{ context: message }]);
    return given.length === 1 && typeof level === 'string'
      ? logger.write(log, 'info', level, meta)
      : logger.write(log, level, message, meta);
  };
  return log as never;
}

/** Nest's `log({ order: 7 }, 'Orders')`: fields without a message, and the part that logs them. */
function isMessageOfNest([first, context, ...rest]: readonly unknown[]): boolean {
  if (typeof context !== 'string' || rest.length > 0 || !isPlain(first)) return false;
  return !['level', 'message', 'msg'].some((key) => key in first);
}

function profileMethod<L extends TraceLogger>(logger: L): (id: unknown, meta?: LogFields) => L {
  let starts: Map<unknown, number> | undefined;
  const profile = (id: unknown, meta: LogFields = {}): L => {
    starts ??= new Map();
    const startMs = starts.get(id);
    if (startMs === undefined) {
      starts.set(id, performance.now());
      return logger;
    }
    starts.delete(id);
    const execution_time = Math.round((performance.now() - startMs) * 1000) / 1e6;
    const { level, message, ...fields } = copyFields(meta);
    const text = message ?? (typeof id === 'string' ? id : logger.target.text(id));
    return logger.write(profile, level ?? 'info', text, [{ ...fields, execution_time }]);
  };
  return profile;
}

/** Fields bound to a logger, with the trace id its lines share when there is no other. */
class BoundFields implements FieldSource {
  readonly fields: ContextFields;
  readonly given: boolean;
  readonly layers: FieldLayer[] = [];
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
