import { setRedaction } from '@map/redaction';
import type { ContextFields } from '../context/context-fields.ts';
import { LEVELS } from '../level/level.ts';
import type { LoggingOptions } from '../options/options.ts';
import { type ResolvedOptions, resolveOptions } from '../options/resolve-options.ts';
import { failover } from '../output/failover.ts';
import { FileSink } from '../output/file-sink.ts';
import type { CaptureOutput } from '../output/output.ts';
import { type OutputStats, Outputs } from '../output/outputs.ts';
import { unwatchProcess, watchProcess } from '../output/process-exit.ts';
import { SelfLog } from '../output/self-log.ts';
import { StdoutSink } from '../output/stdout-sink.ts';
import { Emitter } from './emitter.ts';
import { ContextLogger, TraceLogger } from './logger.ts';
import { Namespaces } from './namespaces.ts';
import { PATIENCE_MS, ProcessEnd } from './process-end.ts';
import { RecentNames } from './recent-names.ts';

/** One set-up: its loggers, levels and outputs. */
export class Logging {
  readonly namespaces: Namespaces;
  readonly #outputs: Outputs;
  readonly #selfLog: SelfLog;
  readonly #emitter: Emitter;
  readonly #processEnd: ProcessEnd;
  readonly #loggers = new RecentNames(
    (name) => new TraceLogger(this.#emitter, this.namespaces.named(name)),
  );
  /** Takes the redaction policy of the set-up back. */
  #unsetRedaction = (): void => {};
  /** Changes with each set-up. */
  #setUp: object = {};

  constructor() {
    this.#outputs = new Outputs((message) => this.#selfLog.warn(message));
    this.#selfLog = new SelfLog((record) => this.#emitter.line(record));
    this.namespaces = new Namespaces(LEVELS.INFO, (level) => this.#outputs.gate(level));
    this.#emitter = new Emitter(this.namespaces, this.#outputs, (message) =>
      this.#selfLog.warn(message),
    );
    this.#processEnd = new ProcessEnd({
      emitter: this.#emitter,
      outputs: this.#outputs,
      selfLog: this.#selfLog,
      root: () => this.logger('root'),
      end: (timeoutMs) => this.#end(timeoutMs),
    });
    this.#bootstrap();
  }

  /** JSON lines from INFO on standard output: before a set-up and after it is closed. */
  #bootstrap(): void {
    this.#apply(resolveOptions({ uncaught: false }));
  }

  /**
   * Replaces the set-up; an invalid option shows before anything is changed.
   * @throws {LoggingOptionError} When an option cannot be used.
   */
  configure(options: LoggingOptions): void {
    const resolved = resolveOptions(options);
    this.#closeOutputs();
    this.#apply(resolved);
  }

  #apply(options: ResolvedOptions): void {
    const { formatter, buffering, console: terminal, file } = options;
    formatter.setFields(options.fields);
    formatter.setErrors(options.errors);
    this.#unsetRedaction();
    this.#unsetRedaction = options.redact === undefined ? () => {} : setRedaction(options.redact);
    this.#emitter.formatter = formatter;
    this.#emitter.callerFrom = options.callerFrom;
    this.#processEnd.uncaughtErrors = options.uncaught;
    this.namespaces.reset(options.level, options.levels);
    this.#selfLog.clear();
    this.#setUp = {};
    this.#outputs.format = options.winstonFormat;
    const trouble = failover(this.#outputs, this.#selfLog, (sink, missed) => {
      const fields = { output: sink.name, missed_lines: missed };
      this.logger('map.logger').warning('Log output works again', fields);
    });
    if (terminal !== undefined) {
      const { fd, through, level, format } = terminal;
      const sink = new StdoutSink(fd, buffering, trouble, through);
      this.#outputs.add({ kind: 'sink', sink, level, format });
    }
    if (file !== undefined) {
      const { path, level, format, rotate } = file;
      const sink = new FileSink(path, buffering, rotate, trouble);
      this.#outputs.add({ kind: 'sink', sink, level, format });
    }
    for (const transport of options.transports) {
      this.#outputs.addTransport(transport, () => this.namespaces.regate());
    }
    watchProcess(this.#processEnd);
    this.namespaces.regate();
  }

  #closeOutputs(): void {
    const { sinks } = this.#outputs;
    for (const { sink } of sinks) sink.flushSync(PATIENCE_MS);
    this.#outputs.clear(PATIENCE_MS);
    for (const { sink } of sinks) sink.close();
  }

  /** Flushes and closes everything within a limit; later lines go to the bootstrap output. */
  async close(timeoutMs: number): Promise<void> {
    const closing = this.#setUp;
    await this.#end(timeoutMs, () => {
      if (this.#setUp === closing) this.#retireTransports();
    });
    // A set-up made meanwhile is not closed.
    if (this.#setUp !== closing) return;
    this.#closeOutputs();
    unwatchProcess(this.#processEnd);
    this.#bootstrap();
  }

  async #end(timeoutMs: number, flushed = (): void => {}): Promise<void> {
    const end = performance.now() + timeoutMs;
    await this.#outputs.flush(timeoutMs);
    flushed();
    await this.#outputs.endTransports(Math.max(0, end - performance.now()));
  }

  /** Gives the transports no more lines: those go to our own outputs until all is closed. */
  #retireTransports(): void {
    this.#outputs.retireTransports();
    if (this.#outputs.sinks.length === 0) {
      const trouble = failover(this.#outputs, this.#selfLog, () => {});
      const sink = new StdoutSink(1, 'tick', trouble);
      this.#outputs.add({ kind: 'sink', sink, level: LEVELS.INFO, format: undefined });
    }
    this.namespaces.regate();
  }

  /** The logger of a name. */
  logger(name: string): TraceLogger {
    return this.#loggers.get(this.#name(name));
  }

  /** A new logger with bound fields. */
  contextLogger(name: string, context: ContextFields): ContextLogger {
    return new ContextLogger(this.#emitter, this.namespaces.named(this.#name(name)), context);
  }

  #name(name: unknown): string {
    return typeof name === 'string' ? name : this.#emitter.text(name);
  }

  /** Gives every line to a capture instead. */
  addCapture(capture: CaptureOutput): void {
    this.#outputs.add(capture);
    this.namespaces.regate();
  }

  /** Ends a capture. */
  removeCapture(capture: CaptureOutput): void {
    this.#outputs.remove(capture);
    this.namespaces.regate();
  }

  /** Re-opens log files. */
  reopen(): void {
    for (const { sink } of this.#outputs.sinks) sink.reopen();
  }

  /** How each output is doing. */
  stats(): OutputStats[] {
    return this.#outputs.stats();
  }
}
