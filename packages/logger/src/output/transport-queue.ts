import { atOnce } from '../format/at-once.ts';
import type { WinstonFormat } from '../format/formatter.ts';
import { reason } from '../format/json-string.ts';
import type { WinstonInfo } from '../format/winston-info.ts';
import { parseLevel } from '../level/level.ts';
import { startTimeout, stopTimeout } from './real-timers.ts';
import { guardStandardStream } from './standard-stream.ts';

/** The part of a winston transport that a set-up needs; every winston-transport has it. */
export interface WinstonTransport {
  level?: string | undefined;
  silent?: boolean | undefined;
  log?(info: never, next: () => void): unknown;
}

/** A transport as it is used: the public members of winston-transport and of Node's `Writable`. */
interface Transport {
  readonly name?: unknown;
  level?: string | undefined;
  readonly silent?: boolean | undefined;
  readonly format?: WinstonFormat | undefined;
  readonly writable?: boolean;
  readonly destroyed?: boolean;
  log(...args: unknown[]): unknown;
  on?(event: string, listener: (error: unknown) => void): unknown;
  end?(): unknown;
  close?(): unknown;
}

interface Waiting {
  readonly info: WinstonInfo;
  readonly chars: number;
}

const MAX_WAITING = 10_000;
const MAX_WAITING_CHARS = 16 * 1024 * 1024;

/**
 * Feeds one winston transport at its own pace: its `log` gets the next line when it has called back
 * for the one before, as winston's `File` needs it to keep the order; the others wait in a bounded
 * queue. A slow transport delays no caller, a dead one loses the lines that do not fit, and one that
 * throws, rejects or calls back with an error loses that line.
 */
export class TransportQueue {
  readonly #transport: Transport;
  readonly #warn: (message: string) => void;
  #waiting: Waiting[] = [];
  #waitingChars = 0;
  /** Whether the transport has a line that it has not called back for. */
  #busy = false;
  #pumping = false;
  /** How many calls of the transport's `log` are on the stack. */
  #running = 0;
  /** How many lines the transport has called back for. */
  #done = 0;
  #idle: (() => void)[] = [];
  #ended: Promise<void> | undefined;
  #retiring: object | undefined;
  /** The transport's own level, undefined where it has none. */
  level: number | undefined;
  /** Lines that found no room or that the transport refused. */
  dropped = 0;

  /**
   * @param warn Reports problems of the transport.
   * @param levelChanged Is called when the program changes the transport's level.
   */
  constructor(
    transport: WinstonTransport,
    warn: (message: string) => void,
    levelChanged: () => void,
  ) {
    this.#transport = transport as unknown as Transport;
    this.#warn = warn;
    this.#followLevel(levelChanged);
    this.#transport.on?.('error', (error) =>
      warn(`transport ${this.name} fails: ${reason(error)}`),
    );
    // winston's Console writes to both streams and listens to neither.
    if (!('stderrLevels' in transport)) return;
    for (const fd of [1, 2] as const) {
      guardStandardStream(fd, (error) =>
        warn(
          `${fd === 1 ? 'stdout' : 'stderr'} cannot be written by a transport: ${error.message}`,
        ),
      );
    }
  }

  /** A name for warnings and figures. */
  get name(): string {
    const { name } = this.#transport;
    return typeof name === 'string' && name !== '' ? name : this.#transport.constructor.name;
  }

  /** The number of lines that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** The number of lines that the transport has not finished. */
  get load(): number {
    return this.#ended === undefined ? this.#waiting.length + (this.#busy ? 1 : 0) : 0;
  }

  #followLevel(changed: () => void): void {
    let { level: name } = this.#transport;
    const read = (): number | undefined =>
      name === undefined ? undefined : parseLevel(name, 'transport.level');
    this.level = read();
    Object.defineProperty(this.#transport, 'level', {
      get: () => name,
      set: (value: string | undefined) => {
        if (value !== undefined) parseLevel(value, 'transport.level');
        name = value;
        this.level = read();
        changed();
      },
      configurable: true,
      enumerable: true,
    });
  }

  /**
   * Gives the transport a line, when it is its turn.
   * @param info An info that no other code uses.
   * @param chars The length of its line.
   */
  send(info: WinstonInfo, chars: number): void {
    if (this.#running > 0) {
      // Given to it, this line would make the next one, and so on until memory is full.
      this.#warn(
        `transport ${this.name} logged from inside its own write; ` +
          'those lines are not sent back to it',
      );
      this.dropped += 1;
      return;
    }
    if (this.#ended !== undefined || this.#transport.writable === false) {
      this.#warn(`transport ${this.name} has ended: its lines are dropped`);
      this.dropped += 1;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING || this.#waitingChars + chars > MAX_WAITING_CHARS) {
      if (this.dropped === 0) this.#warn(`transport ${this.name} is too slow: lines are dropped`);
      this.dropped += 1;
      return;
    }
    this.#waiting.push({ info, chars });
    this.#waitingChars += chars;
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    let next = 0;
    while (next < this.#waiting.length && !this.#busy) {
      const { info, chars } = this.#waiting[next] as Waiting;
      next += 1;
      this.#waitingChars -= chars;
      this.#give(info);
    }
    this.#waiting.splice(0, next);
    this.#pumping = false;
    if (this.load > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const done of idle) done();
  }

  #give(given: WinstonInfo): void {
    const transport = this.#transport;
    let called = false;
    const next = (error?: unknown): void => {
      if (called) return;
      called = true;
      this.#busy = false;
      this.#done += 1;
      if (error instanceof Error) this.#failed(error);
      this.#pump();
    };
    this.#busy = true;
    this.#running += 1;
    try {
      const info = this.#formatted(given);
      if (info === undefined || transport.silent === true) next();
      else {
        const result = isLegacy(transport)
          ? transport.log(info['level'], info['message'], info, next)
          : transport.log(info, next);
        if (result instanceof Promise) result.catch((error: unknown) => next(asError(error)));
      }
    } catch (error) {
      next(asError(error));
    } finally {
      this.#running -= 1;
    }
  }

  /** The info as the transport's own format makes it; undefined where that drops the line. */
  #formatted(info: WinstonInfo): WinstonInfo | undefined {
    const { format } = this.#transport;
    if (format === undefined) return info;
    const formatted = atOnce(format.transform({ ...info } as never, format.options as never));
    return (formatted || undefined) as WinstonInfo | undefined;
  }

  #failed(error: Error): void {
    if (this.dropped === 0) this.#warn(`transport ${this.name} throws: ${reason(error)}`);
    this.dropped += 1;
  }

  /**
   * Resolves when the transport has called back for every line, or when the time is up.
   * @param keep Whether the wait keeps the process alive.
   */
  async flush(timeoutMs: number, keep = true): Promise<void> {
    if (this.load === 0) return;
    await new Promise<void>((resolve) => {
      const timer = startTimeout(resolve, timeoutMs);
      if (!keep) timer.unref();
      this.#idle.push(() => {
        stopTimeout(timer);
        resolve();
      });
    });
  }

  /**
   * Lets a transport that is in no set-up any more finish its lines, then closes it as winston does.
   * @param patienceMs How long it may be without progress.
   */
  async retire(patienceMs: number): Promise<void> {
    const retiring = {};
    this.#retiring = retiring;
    for (let before = -1; this.load > 0 && this.#done !== before; ) {
      before = this.#done;
      await this.flush(patienceMs, false);
    }
    await this.#ended;
    if (this.#retiring !== retiring || this.#ended !== undefined) return;
    this.#drop();
    try {
      this.#transport.close?.();
    } catch (error) {
      this.#warn(`transport ${this.name} throws: ${reason(error)}`);
    }
  }

  /** Is called when a new set-up has the transport again. */
  resume(): void {
    this.#retiring = undefined;
  }

  /** Ends the transport and waits until it has finished, or until the time is up; takes no more. */
  end(timeoutMs: number): Promise<void> {
    this.#ended ??= this.#end(timeoutMs);
    return this.#ended;
  }

  async #end(timeoutMs: number): Promise<void> {
    this.#drop();
    const transport = this.#transport;
    if (typeof transport.end !== 'function' || transport.writable === false) return;
    await new Promise<void>((resolve) => {
      const timer = startTimeout(resolve, timeoutMs);
      const done = (): void => {
        stopTimeout(timer);
        resolve();
      };
      for (const event of ['finish', 'close', 'error']) transport.on?.(event, done);
      try {
        transport.end?.();
      } catch (error) {
        this.#warn(`transport ${this.name} throws: ${reason(error)}`);
        done();
      }
    });
  }

  #drop(): void {
    const { length } = this.#waiting;
    if (length > 0) this.#warn(`transport ${this.name} has ended: ${length} lines are dropped`);
    this.dropped += length;
    this.#waiting = [];
    this.#waitingChars = 0;
  }
}

/** Whether a transport is of winston 2: `log(level, message, meta, next)`. */
function isLegacy(transport: Transport): boolean {
  return transport.log.length > 2;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
