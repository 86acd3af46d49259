import { makeBridge } from './bridge.ts';
import { isPlain, sortCall } from './call.ts';
import { callerOf } from './caller.ts';
import { nowMs } from './clock.ts';
import { Complaints } from './complaints.ts';
import { type ContextFields, getContext } from './context.ts';
import { DescriptorSink } from './descriptor-sink.ts';
import { isError } from './error-fields.ts';
import { unwatchProcess, watchProcess } from './exit.ts';
import { FileSink } from './file-sink.ts';
import { finishTransports } from './finish.ts';
import { readInfo } from './info.ts';
import { JsonFormatter, type LogRecord, plainLine } from './json-formatter.ts';
import { LEVELS, type LevelName, levelName, levelNumber, OFF, parseLevel } from './level.ts';
import { LevelRules } from './level-rules.ts';
import { ContextLogger, type LogFields, type LogMethodName, TraceLogger } from './logger.ts';
import type { Namespace } from './namespace.ts';
import { type LoggingOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import type { Output, SinkOutput } from './output.ts';
import { type OutputStats, Outputs } from './outputs.ts';
import type { SecretValue } from './redact.ts';
import { reason } from './serializer.ts';
import { tapTransport } from './tap.ts';
import { TransportQueue } from './transport-queue.ts';
import { sinkTrouble } from './trouble.ts';
import { winston } from './winston-loader.ts';
import type { WinstonBridge } from './winston-module.ts';

/** How long the end of a process waits for a reader that makes no progress. */
const PATIENCE_MS = 3000;
const MAX_NESTED = 4;

/** One set-up: its loggers, levels and outputs. */
export class Logging {
  formatter: JsonFormatter = new JsonFormatter();
  readonly outputs: Outputs = new Outputs((message) => this.complain(message));
  #rules = new LevelRules(LEVELS.INFO);
  readonly #namespaces = new Map<string, Namespace>();
  readonly #loggers = new Map<string, TraceLogger>();
  /** Namespaces of loggers with a level of their own. */
  readonly #owners = new Set<WeakRef<Namespace>>();
  readonly #taps = new Map<(info: object) => void, Output>();
  readonly #secrets: SecretValue[] = [];
  readonly #complaints = new Complaints((record) => this.#line(record));
  readonly #trouble = sinkTrouble(this.outputs, this.#complaints, (sink, missed) => {
    const fields = { output: sink.name, missed_lines: missed };
    this.logger('map.logger').warning('Log output works again', fields);
  });
  #callerFrom: number = LEVELS.WARNING;
  #silent = false;
  #nested = 0;
  #bridge: WinstonBridge | undefined;
  #uncaught = false;
  /** Changes with each set-up. */
  #setUp: object = {};
  /** Whether the process ends in this turn of the event loop. */
  #exiting = false;

  constructor() {
    this.#bootstrap();
  }

  /** JSON lines from INFO on standard output: what there is before a set-up and after its end. */
  #bootstrap(): void {
    this.#apply(resolveOptions({ uncaught: false }));
  }

  /**
   * Replaces the set-up; what is wrong with the options shows before anything is changed.
   * @throws {LoggingOptionError} When an option cannot be used.
   */
  configure(options: LoggingOptions): void {
    const resolved = resolveOptions(options);
    this.#closeOutputs();
    this.#apply(resolved);
  }

  #apply(options: ResolvedOptions): void {
    this.formatter = options.formatter;
    this.formatter.setFields(options.fields);
    if (this.#secrets.length > 0) this.formatter.addSecrets(this.#secrets);
    this.#rules = new LevelRules(options.level, options.levels);
    this.#callerFrom = options.callerFrom;
    this.#uncaught = options.uncaught;
    this.#silent = false;
    this.#complaints.clear();
    this.#setUp = {};
    this.outputs.format = options.winstonFormat;
    const { buffering, console: terminal, file } = options;
    if (terminal !== undefined) {
      const { fd, level, format } = terminal;
      const sink = new DescriptorSink(fd, buffering, this.#trouble);
      this.#addSink({ kind: 'sink', sink, level, format, silent: false });
    }
    if (file !== undefined) {
      const { path, level, format, rotate } = file;
      const sink = new FileSink(path, buffering, rotate, this.#trouble);
      this.#addSink({ kind: 'sink', sink, level, format, silent: false });
    }
    for (const transport of options.transports) this.winston().add(transport);
    watchProcess(this);
    this.regate();
  }

  #addSink(output: SinkOutput): void {
    this.outputs.add(output);
    this.#bridge?.adopt(output);
  }

  #closeOutputs(): void {
    const sinks = this.outputs.sinks.map((output) => output.sink);
    for (const sink of sinks) sink.flushSync(PATIENCE_MS);
    this.#bridge?.clear();
    for (const output of this.outputs.list) this.outputs.remove(output);
    for (const sink of sinks) sink.close();
    this.#taps.clear();
    // An ended stream takes no pipes any more.
    if (this.#bridge?.writableEnded) this.#bridge = undefined;
  }

  /** Flushes and closes everything within a limit; what follows goes to the bootstrap output. */
  async close(timeoutMs: number): Promise<void> {
    const closing = this.#setUp;
    await this.end(timeoutMs, () => {
      if (this.#setUp === closing) this.#retire();
    });
    // A set-up made meanwhile is none of ours to close.
    if (this.#setUp !== closing) return;
    this.#closeOutputs();
    unwatchProcess(this);
    this.#bootstrap();
  }

  async end(timeoutMs: number, flushed = (): void => {}): Promise<void> {
    const end = performance.now() + timeoutMs;
    const { transports, leaving } = this.outputs;
    await this.outputs.flush(timeoutMs);
    flushed();
    const left = Math.max(0, end - performance.now());
    await Promise.all(transports.map(({ queue }) => queue.end(left)));
    for (const output of transports) leaving.delete(output);
  }

  /** Gives the transports no more lines: those go where they will go when all is closed. */
  #retire(): void {
    for (const output of this.outputs.transports) {
      this.outputs.remove(output);
      this.outputs.leaving.add(output);
    }
    if (this.outputs.sinks.length === 0) {
      const sink = new DescriptorSink(1, 'tick', this.#trouble);
      this.#addSink({ kind: 'sink', sink, level: LEVELS.INFO, format: undefined, silent: false });
    }
    this.regate();
  }

  /** Ends the transports before an exception ends the process, unless winston sees to that. */
  finish(): Promise<void> | undefined {
    if (!this.#watches || this.outputs.transports.length === 0) return undefined;
    return this.end(PATIENCE_MS);
  }

  get #watches(): boolean {
    return this.#uncaught && !this.#bridge?.exceptions.catcher;
  }

  /** Flushes for the last time: what an exit handler after ours writes is handed on at once. */
  exit(): void {
    this.#finishSync();
    this.#exiting = true;
  }

  #finishSync(): void {
    this.outputs.flushSync(PATIENCE_MS);
    finishTransports(this.outputs, this.#complaints);
    this.#complaints.flushSync(PATIENCE_MS);
  }

  flushSync(): void {
    this.outputs.flushSync(PATIENCE_MS);
    this.#complaints.flushSync(PATIENCE_MS);
  }

  logger(name: string): TraceLogger {
    let logger = this.#loggers.get(name);
    if (logger === undefined) {
      logger = new TraceLogger(this, this.#namespace(name));
      this.#loggers.set(name, logger);
    }
    return logger;
  }

  contextLogger(name: string, context: ContextFields): ContextLogger {
    return new ContextLogger(this, this.#namespace(name), context);
  }

  #namespace(given: string): Namespace {
    const name = typeof given === 'string' ? given : this.formatter.text(given);
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      namespace = { name, level: 0, gate: 0, own: undefined };
      this.#namespaces.set(name, namespace);
      this.#gate(namespace);
    }
    return namespace;
  }

  /** A namespace for one logger alone, whose level does not follow its name's. */
  ownNamespace(name: string, level: string): Namespace {
    const own = parseLevel(level, 'level');
    const namespace: Namespace = { name, level: own, gate: own, own };
    for (const owner of this.#owners) if (owner.deref() === undefined) this.#owners.delete(owner);
    this.#owners.add(new WeakRef(namespace));
    this.#gate(namespace);
    return namespace;
  }

  #gate(namespace: Namespace): void {
    namespace.level = namespace.own ?? this.#rules.levelOf(namespace.name);
    namespace.gate = this.#silent ? OFF : this.outputs.gate(namespace.level);
  }

  /** Works out anew who logs from which level on: after levels or outputs changed. */
  regate(): void {
    for (const namespace of this.#namespaces.values()) this.#gate(namespace);
    for (const owner of this.#owners) {
      const namespace = owner.deref();
      if (namespace !== undefined) this.#gate(namespace);
    }
  }

  setLevel(pattern: string, level: string): void {
    this.#rules.set(pattern, parseLevel(level, 'level'));
    this.regate();
  }

  unsetLevel(pattern: string): void {
    this.#rules.delete(pattern);
    this.regate();
  }

  levelOf(name: string): LevelName | 'OFF' {
    const level = this.#rules.levelOf(name);
    return level >= OFF ? 'OFF' : levelName(level);
  }

  get silent(): boolean {
    return this.#silent;
  }

  silence(silent: boolean): void {
    this.#silent = silent;
    this.regate();
  }

  addSecrets(values: readonly SecretValue[]): void {
    this.formatter.addSecrets(values);
    this.#secrets.push(...[values].flat());
  }

  addOutput(output: Output): void {
    this.outputs.add(output);
    this.regate();
  }

  removeOutput(output: Output): void {
    this.outputs.remove(output);
    this.regate();
  }

  reopen(): void {
    for (const { sink } of this.outputs.sinks) sink.reopen();
  }

  stats(): OutputStats[] {
    return this.outputs.stats();
  }

  /** Writes a line; the caller has found the level enabled. Never throws. */
  emit(
    logger: TraceLogger,
    level: LevelName,
    message: unknown,
    fields: unknown,
    more: readonly unknown[],
    method: LogMethodName,
  ): void {
    const { namespace, bound } = logger;
    const number = LEVELS[level];
    // A format or a transport that logs about its own work must not do so for ever.
    if (this.#nested >= MAX_NESTED) return;
    this.#nested += 1;
    try {
      const usual =
        typeof message === 'string' &&
        more.length === 0 &&
        (fields === undefined || isPlain(fields));
      const call = usual ? { message, fields } : sortCall(message, fields, more);
      const line = this.#line({
        timeMs: nowMs(),
        level,
        name: namespace.name,
        message:
          typeof call.message === 'string' ? call.message : this.formatter.text(call.message),
        fields: call.fields as LogFields | undefined,
        bound,
        context: getContext(),
        caller: number >= this.#callerFrom ? callerOf(logger[method]) : undefined,
      });
      this.outputs.dispatch(line, number, namespace.level);
      if (this.#exiting && this.#nested === 1) this.#finishSync();
    } catch (error) {
      this.#unloggable(namespace, level, message, error);
    } finally {
      this.#nested -= 1;
    }
  }

  #line(record: LogRecord): string {
    try {
      return this.formatter.format(record);
    } catch (error) {
      // Only one that a program made of it throws.
      this.complain(`the log formatter throws, lines are written as JSON: ${reason(error)}`);
      return plainLine(this.formatter, record);
    }
  }

  #unloggable(namespace: Namespace, level: LevelName, message: unknown, error: unknown): void {
    try {
      const fields = { logging_error: reason(error) };
      const { name } = namespace;
      const text = typeof message === 'string' ? message : this.formatter.text(message);
      const record = { timeMs: nowMs(), level, name, message: text, fields };
      const line = plainLine(this.formatter, record);
      this.outputs.dispatch(line, LEVELS[level], namespace.level);
    } catch {
      // Whatever it was, the caller's work goes on.
    }
  }

  /** Writes a winston info, or a text, as it comes through `log(info)`, `write` and pipes. */
  writeInfo(logger: TraceLogger, chunk: unknown): void {
    const { info, level: given } = readInfo(chunk);
    const number = levelNumber(given);
    const level = number === undefined ? 'INFO' : levelName(number);
    if (logger.namespace.gate > LEVELS[level]) return;
    const unknown = number === undefined && given !== undefined ? [{ level: given }] : [];
    this.emit(logger, level, info, undefined, unknown, 'log');
  }

  /** winston's own calls of `log`: among them that of its exception handler. */
  logFromWinston(logger: TraceLogger, level: unknown, rest: readonly unknown[]): void {
    const { exception } = (typeof level === 'object' && level !== null ? level : {}) as {
      exception?: unknown;
    };
    this.outputs.exception = exception === true;
    const [message, ...meta] = rest;
    logger.log(level, message, ...meta);
    this.outputs.exception = false;
  }

  /** The winston logger behind the loggers, made when it is first asked for. */
  winston(): WinstonBridge {
    this.#bridge ??= makeBridge(winston(), this);
    return this.#bridge;
  }

  /** Has a function called with every line's info, as `logger.on('data')`. */
  tap(listener: (info: object) => void): void {
    const queue = new TransportQueue(tapTransport(listener), (message) => this.complain(message));
    const output: Output = { kind: 'transport', queue, level: undefined };
    this.#taps.set(listener, output);
    this.addOutput(output);
  }

  untap(listener: (info: object) => void): void {
    const output = this.#taps.get(listener);
    this.#taps.delete(listener);
    if (output !== undefined) this.removeOutput(output);
  }

  /** Logs an exception that is about to end the process. */
  uncaught(error: unknown, origin: string): void {
    if (!this.#watches) return;
    const what = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
    const message = `${what}: ${isError(error) ? reason(error) : this.formatter.text(error)}`;
    this.logger('root').critical(message, { error, origin });
  }

  /** Says something about logging itself, once. */
  complain(message: string): void {
    this.#complaints.say(message);
  }
}
