import { WINSTON_NAMES } from './level.ts';
import { isWinstonFormat } from './options.ts';
import type {
  CaptureOutput,
  LogEntry,
  LogFormatter,
  Output,
  SinkOutput,
  TransportOutput,
  WinstonFormat,
} from './output.ts';
import { reason } from './serializer.ts';

const LEVEL = Symbol.for('level');
const MESSAGE = Symbol.for('message');

/** How one output is doing. */
export interface OutputStats {
  /** `stdout`, a file's path, a transport's name. */
  readonly name: string;
  /** Whether lines reach it at present. */
  readonly healthy: boolean;
  /** Lines it lost. */
  readonly dropped: number;
  /** Lines that wait for it. */
  readonly waiting: number;
}

/** The outputs of a set-up: who gets which line in which form. */
export class Outputs {
  #list: readonly Output[] = [];
  #captures: CaptureOutput[] = [];
  readonly #complain: (message: string) => void;
  readonly #complained = new WeakSet<object>();
  /** Whether the line under way is that of winston's exception handler. */
  exception = false;
  /** Transports taken out that still have lines to write. */
  readonly leaving: Set<Output> = new Set();
  /** A winston format of the whole logger. */
  format: WinstonFormat | undefined;

  constructor(complain: (message: string) => void) {
    this.#complain = complain;
  }

  /** All outputs, captures left out. */
  get list(): readonly Output[] {
    return this.#list;
  }

  get sinks(): SinkOutput[] {
    return this.#list.filter((output) => output.kind === 'sink');
  }

  /** All transports that have or may get lines, those on their way out among them. */
  get transports(): TransportOutput[] {
    return [...this.#list, ...this.leaving].filter((output) => output.kind === 'transport');
  }

  add(output: Output): void {
    if (output.kind === 'capture') this.#captures = [...this.#captures, output];
    else this.#list = [...this.#list, output];
  }

  remove(output: Output): void {
    this.#list = this.#list.filter((one) => one !== output);
    this.#captures = this.#captures.filter((one) => one !== output);
  }

  /** The least level anything takes of loggers of this level. */
  gate(level: number): number {
    const takers = this.#captures.length > 0 ? this.#captures.slice(-1) : this.#list;
    return Math.min(Number.POSITIVE_INFINITY, ...takers.map((output) => output.level ?? level));
  }

  /** Gives a line to every output that takes its level. */
  dispatch(line: string, number: number, level: number): void {
    const capture = this.#captures.at(-1);
    if (capture !== undefined) {
      if (number >= (capture.level ?? level)) capture.take(JSON.parse(line), line);
      return;
    }
    const [only] = this.#list;
    if (this.#list.length === 1 && only?.kind === 'sink' && only.format === undefined) {
      if (this.format === undefined) {
        if (!only.silent && number >= (only.level ?? level)) only.sink.write(`${line}\n`);
        return;
      }
    }
    this.#dispatchAll(line, number, level);
  }

  #dispatchAll(line: string, number: number, level: number): void {
    let text = line;
    let info: Record<string | symbol, unknown> | undefined;
    const own = this.format;
    if (own !== undefined) {
      const formatted = this.#transform(own, this.#info(line));
      if (!isObject(formatted)) return;
      info = formatted;
      text = messageOf(formatted, line);
    }
    for (const output of this.#list) {
      if (number < (output.level ?? level)) continue;
      if (output.kind === 'transport') {
        info ??= this.#info(line);
        // One of its own for each: what a transport does to it must not reach the others.
        output.queue.send({ ...info }, line.length);
      } else if (output.kind === 'sink' && !output.silent) {
        const written = output.format === undefined ? text : this.#text(output.format, line);
        if (written !== undefined) output.sink.write(`${written}\n`);
      }
    }
  }

  #info(line: string): Record<string | symbol, unknown> {
    const info = toInfo(line);
    // To winston this field says more than a caller of ours means by it.
    if (info['exception'] === true && !this.exception) info['exception'] = 'true';
    return info;
  }

  #text(format: LogFormatter | WinstonFormat, line: string): string | undefined {
    if (isWinstonFormat(format)) {
      const info = this.#transform(format, this.#info(line));
      return isObject(info) ? messageOf(info, line) : undefined;
    }
    try {
      return String(format.format(JSON.parse(line) as LogEntry));
    } catch (error) {
      this.#formatFailed(format, error);
      return line;
    }
  }

  #transform(format: WinstonFormat, info: object): unknown {
    try {
      return format.transform(info as never, format.options as never);
    } catch (error) {
      this.#formatFailed(format, error);
      return info;
    }
  }

  #formatFailed(format: object, error: unknown): void {
    if (this.#complained.has(format)) return;
    this.#complained.add(format);
    this.#complain(`a log format throws, lines are written as JSON: ${reason(error)}`);
  }

  /** Whether a sink other than this output, one that works, takes every line that this one takes. */
  covers(output: Output): boolean {
    if (this.leaving.has(output)) return false;
    return this.sinks.some((other) => {
      if (other === output || other.silent || !other.sink.healthy) return false;
      return other.level === undefined || other.level <= (output.level ?? -1);
    });
  }

  flushSync(patienceMs: number): void {
    for (const { sink } of this.sinks) sink.flushSync(patienceMs);
  }

  async flush(timeoutMs: number): Promise<void> {
    await Promise.all([
      ...this.sinks.map(({ sink }) => sink.flush(timeoutMs)),
      ...this.transports.map(({ queue }) => queue.flush(timeoutMs)),
    ]);
  }

  stats(): OutputStats[] {
    return this.#list.flatMap((output): OutputStats[] => {
      if (output.kind === 'sink') {
        const { name, healthy, dropped } = output.sink;
        return [{ name, healthy, dropped, waiting: 0 }];
      }
      if (output.kind === 'capture') return [];
      const { name, dropped, length } = output.queue;
      return [{ name, healthy: length === 0, dropped, waiting: length }];
    });
  }
}

/** A line as winston's transports and formats know it: a fresh object, safe to change. */
export function toInfo(line: string): Record<string | symbol, unknown> {
  const { level, message, ...rest } = JSON.parse(line) as LogEntry;
  const name = WINSTON_NAMES[level];
  const info: Record<string | symbol, unknown> = { level: name, message, ...rest };
  const { execution_time, error } = rest;
  if (typeof execution_time === 'number') info['durationMs'] = execution_time * 1000;
  if (isObject(error) && typeof error['stack'] === 'string') info['stack'] ??= error['stack'];
  info[LEVEL] = name;
  info[MESSAGE] = line;
  return info;
}

function messageOf(info: Record<string | symbol, unknown>, line: string): string {
  const message = info[MESSAGE];
  return message === undefined ? line : String(message);
}

function isObject(value: unknown): value is Record<string | symbol, unknown> {
  return typeof value === 'object' && value !== null;
}
