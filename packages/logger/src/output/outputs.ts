import { atOnce } from '../format/at-once.ts';
import {
  isWinstonFormat,
  type LogEntry,
  type LogFormatter,
  type WinstonFormat,
} from '../format/formatter.ts';
import { reason } from '../format/json-string.ts';
import { messageOf, toInfo, type WinstonInfo } from '../format/winston-info.ts';
import type { CaptureOutput, Output, SinkOutput, TransportOutput } from './output.ts';
import { TransportQueue, type WinstonTransport } from './transport-queue.ts';

/** How one output is doing. */
export interface OutputStats {
  /** `stdout`, a file's path, a transport's name. */
  readonly name: string;
  /** Whether lines reach it at present. */
  readonly healthy: boolean;
  /** Lines that it lost. */
  readonly dropped: number;
  /** Lines that wait for it. */
  readonly waiting: number;
}

/** The outputs of a set-up: decides which output gets which line in which form. */
export class Outputs {
  #list: readonly Output[] = [];
  #captures: CaptureOutput[] = [];
  readonly #warn: (message: string) => void;
  readonly #warned = new WeakSet<object>();
  /** The queue of each transport, which the next set-up may have again. */
  readonly #queues = new WeakMap<object, TransportQueue>();
  /** Transports of a set-up that was replaced, which still have lines to write. */
  readonly #leaving = new Set<TransportOutput>();
  /** A winston format of the whole logger. */
  format: WinstonFormat | undefined;

  /** @param warn Reports an output or a format that fails. */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** All outputs without captures. */
  get list(): readonly Output[] {
    return this.#list;
  }

  get sinks(): SinkOutput[] {
    return this.#list.filter((output) => output.kind === 'sink');
  }

  /** All transports that have or may get lines. */
  get transports(): TransportOutput[] {
    const present = this.#list.filter((output) => output.kind === 'transport');
    return [...present, ...this.#leaving];
  }

  add(output: Output): void {
    if (output.kind === 'capture') this.#captures = [...this.#captures, output];
    else this.#list = [...this.#list, output];
  }

  /** @param levelChanged Is called when the program changes the transport's level. */
  addTransport(transport: WinstonTransport, levelChanged: () => void): void {
    const queue =
      this.#queues.get(transport) ?? new TransportQueue(transport, this.#warn, levelChanged);
    this.#queues.set(transport, queue);
    queue.resume();
    for (const output of this.#leaving) if (output.queue === queue) this.#leaving.delete(output);
    this.add({
      kind: 'transport',
      queue,
      get level() {
        return queue.level;
      },
    });
  }

  remove(output: Output): void {
    this.#list = this.#list.filter((one) => one !== output);
    this.#captures = this.#captures.filter((one) => one !== output);
  }

  /** Takes all outputs out; transports finish their lines within `patienceMs` without progress. */
  clear(patienceMs: number): void {
    const list = this.#list;
    this.#list = [];
    for (const output of list) {
      if (output.kind !== 'transport') continue;
      this.#leaving.add(output);
      // The next set-up, made in the same turn, may have it again.
      process.nextTick(() => {
        if (!this.#leaving.has(output)) return;
        void output.queue.retire(patienceMs).finally(() => this.#leaving.delete(output));
      });
    }
  }

  /** Gives the transports no more lines; they are ended when everything is closed. */
  retireTransports(): void {
    for (const output of this.#list) if (output.kind === 'transport') this.#leaving.add(output);
    this.#list = this.#list.filter((output) => output.kind !== 'transport');
  }

  /** The least level that any output takes of loggers of this level. */
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
        if (number >= (only.level ?? level)) only.sink.write(`${line}\n`);
        return;
      }
    }
    this.#dispatchAll(line, number, level);
  }

  #dispatchAll(line: string, number: number, level: number): void {
    let text = line;
    let info: WinstonInfo | undefined;
    const own = this.format;
    if (own !== undefined) {
      const formatted = this.#transform(own, toInfo(line));
      if (!isObject(formatted)) return;
      info = formatted;
      text = messageOf(formatted, line);
    }
    for (const output of this.#list) {
      if (number < (output.level ?? level)) continue;
      if (output.kind === 'transport') {
        info ??= toInfo(line);
        // A copy for each: a transport that changes it must not affect the others.
        output.queue.send({ ...info }, line.length);
      } else if (output.kind === 'sink') {
        const written = output.format === undefined ? text : this.#text(output.format, line);
        if (written !== undefined) output.sink.write(`${written}\n`);
      }
    }
  }

  #text(format: LogFormatter | WinstonFormat, line: string): string | undefined {
    if (isWinstonFormat(format)) {
      const info = this.#transform(format, toInfo(line));
      return isObject(info) ? messageOf(info, line) : undefined;
    }
    try {
      return String(atOnce(format.format(JSON.parse(line) as LogEntry)));
    } catch (error) {
      this.#formatFailed(format, error);
      return line;
    }
  }

  #transform(format: WinstonFormat, info: object): unknown {
    try {
      return atOnce(format.transform(info as never, format.options as never));
    } catch (error) {
      this.#formatFailed(format, error);
      return info;
    }
  }

  #formatFailed(format: object, error: unknown): void {
    if (this.#warned.has(format)) return;
    this.#warned.add(format);
    this.#warn(`a log format throws; lines are written as JSON: ${reason(error)}`);
  }

  /** Whether another sink, one that works, takes every line that this output takes. */
  covers(output: SinkOutput): boolean {
    return this.sinks.some((other) => {
      if (other === output || !other.sink.healthy) return false;
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

  /** Ends all transports, those that leave among them. */
  async endTransports(timeoutMs: number): Promise<void> {
    const { transports } = this;
    await Promise.all(transports.map(({ queue }) => queue.end(timeoutMs)));
    for (const output of transports) this.#leaving.delete(output);
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

function isObject(value: unknown): value is WinstonInfo {
  return typeof value === 'object' && value !== null;
}
