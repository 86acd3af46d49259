import { type Rescue, stateOf } from './file-stream.ts';
import { reason } from './serializer.ts';
import { type TransportExit, transportExit } from './transport-exit.ts';
import { guardTransport } from './transport-guard.ts';

/** As much of a winston transport as a logger needs; every winston-transport fits. */
export interface WinstonTransport {
  level?: string | undefined;
  silent?: boolean | undefined;
  write(info: unknown): boolean;
  end?(): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
}

const MESSAGE = Symbol.for('message');

interface Info {
  readonly [MESSAGE]?: unknown;
}

interface Waiting {
  readonly info: object;
  readonly chars: number;
}

/** What a transport has not done by the end of the process. */
export interface Unfinished {
  /** Lines it never saw. */
  readonly lines: readonly string[];
  /** How many it was given without saying that it is done with them. */
  readonly unconfirmed: number;
}

const STEP_MS = 5;
const MAX_WAITING = 10_000;
const MAX_WAITING_CHARS = 16 * 1024 * 1024;

/**
 * Feeds one winston transport at its own pace: a slow one gets a bounded queue of its own, a dead
 * one loses what does not fit, and neither is noticed by the caller or by the other transports.
 */
export class TransportQueue {
  readonly transport: WinstonTransport;
  readonly #warn: (message: string) => void;
  #waiting: Waiting[] = [];
  #waitingChars = 0;
  #full = false;
  #idle: (() => void)[] = [];
  #ended: Promise<void> | undefined;
  readonly #unguard: () => void;
  /** Lines the transport has and has not called back for: winston gives it several at a time. */
  #pending = 0;
  #quiet = (): void => {};
  /** How many calls of the transport's `log` are on the stack. */
  #running = 0;
  readonly #exit: TransportExit | undefined;
  /** What `finishSync` has told of already, where lines still come after it. */
  #told = 0;
  #unconfirmed = 0;
  /** Infos that found no room or that the transport refused. */
  dropped = 0;

  constructor(transport: WinstonTransport, warn: (message: string) => void) {
    this.transport = transport;
    this.#warn = warn;
    this.#unguard = guardTransport(transport, {
      failed: (error) => this.#failed(error),
      pending: (change) => {
        this.#pending += change;
        if (this.#pending === 0) this.#quiet();
      },
      running: (change) => {
        this.#running += change;
      },
    });
    this.#exit = transportExit(transport);
    transport.on('drain', this.#drain);
  }

  /** A name for warnings and figures. */
  get name(): string {
    const { name } = this.transport as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : this.transport.constructor.name;
  }

  /** How many infos wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** How much the transport has still to do; nothing once it was ended. */
  get load(): number {
    if (this.#ended !== undefined) return 0;
    const held = stateOf(this.transport)?.length ?? 0;
    return this.#waiting.length + held + (this.#exit?.held ?? 0);
  }

  send(info: object, chars: number): void {
    if (this.#running > 0) {
      // Given to it, this line would make the next one, and so on until memory is full.
      this.#warn(`transport ${this.name} logs while it writes: it does not get those lines itself`);
      this.dropped += 1;
      return;
    }
    if (!this.#full) {
      this.#write(info);
      return;
    }
    if (this.#waiting.length >= MAX_WAITING || this.#waitingChars + chars > MAX_WAITING_CHARS) {
      if (this.dropped === 0)
        this.#warn(`transport ${this.name} does not keep up: lines are dropped`);
      this.dropped += 1;
      return;
    }
    this.#waiting.push({ info, chars });
    this.#waitingChars += chars;
  }

  /** Resolves when the transport has taken everything, or when the time is up. */
  async flush(timeoutMs: number): Promise<void> {
    if (!this.#full) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /**
   * Resolves when the transport has done all that it was given, or when it is at it without
   * progress for too long.
   * @returns Whether it was ended meanwhile.
   */
  async leave(patienceMs: number): Promise<boolean> {
    let left = patienceMs;
    for (let load = this.load; load > 0 && left > 0; left -= STEP_MS) {
      // What does not keep the process by itself is not kept by us: its end writes what is left.
      await new Promise((resolve) => setTimeout(resolve, STEP_MS).unref());
      if (this.load < load) left = patienceMs;
      load = this.load;
    }
    await this.#ended;
    return this.#ended !== undefined;
  }

  /** Ends the transport and waits until it has finished, or until the time is up; takes no more. */
  end(timeoutMs: number): Promise<void> {
    this.#ended ??= this.#end(timeoutMs);
    return this.#ended;
  }

  async #end(timeoutMs: number): Promise<void> {
    const { transport } = this;
    // winston wraps a transport for exceptions, and ends the wrapper alone.
    const { transport: inner } = transport as { transport?: WinstonTransport };
    this.#release();
    const end = performance.now() + timeoutMs;
    await this.#finish(transport, timeoutMs);
    if (inner !== undefined) await this.#finish(inner, Math.max(0, end - performance.now()));
    this.#unguard();
  }

  async #finish(transport: WinstonTransport, timeoutMs: number): Promise<void> {
    if (typeof transport.end !== 'function' || stateOf(transport)?.finished === true) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const done = (): void => {
        this.#quiet = done;
        if (this.#pending > 0) return;
        clearTimeout(timer);
        resolve();
      };
      for (const event of ['finish', 'close', 'error']) transport.on(event, done);
      try {
        transport.end?.();
      } catch (error) {
        this.#warn(`transport ${this.name} throws: ${reason(error)}`);
        done();
      }
    });
  }

  /**
   * Brings lines to their goal without the event loop, as far as that goes; for the very end.
   * @returns What is left to be told or to be rescued.
   */
  finishSync(): Unfinished {
    const lines: string[] = [];
    const rescue: Rescue = (text, error) => {
      this.#warn(`transport ${this.name} cannot be written: ${reason(error)}`);
      lines.push(...text.split('\n').filter((line) => line !== ''));
    };
    try {
      this.#finishExit(rescue);
    } catch (error) {
      rescue('', error);
    }
    const state = stateOf(this.transport);
    const held = state?.getBuffer().map(({ chunk }) => chunk as Info) ?? [];
    const infos = [...held.slice(this.#told), ...this.#waiting.map(({ info }) => info as Info)];
    const unconfirmed = (state?.length ?? 0) - held.length - this.#unconfirmed;
    this.#told = held.length;
    this.#unconfirmed += unconfirmed;
    this.#waiting = [];
    this.#waitingChars = 0;
    for (const info of infos) lines.push(String(info[MESSAGE]));
    return { lines, unconfirmed };
  }

  #finishExit(rescue: Rescue): void {
    const exit = this.#exit;
    exit?.finishSync(rescue);
    while (exit !== undefined && this.#waiting.length > 0) {
      const before = this.#waiting.length;
      this.#drain();
      exit.finishSync(rescue);
      if (this.#waiting.length === before) return;
    }
  }

  /** Goes on after winston has taken the transport out and in again, as it does at an error. */
  resume(): void {
    this.#drain();
  }

  /** Lets go of the transport; what still waits counts as dropped. */
  close(): void {
    this.#unguard();
    this.#release();
  }

  #release(): void {
    this.transport.removeListener('drain', this.#drain);
    const { length } = this.#waiting;
    if (length > 0) this.#warn(`transport ${this.name} is ended: ${length} lines are dropped`);
    this.dropped += length;
    this.#waiting = [];
    this.#waitingChars = 0;
    this.#settle();
  }

  readonly #drain = (): void => {
    this.#full = false;
    let next = 0;
    while (!this.#full && next < this.#waiting.length) {
      const { info, chars } = this.#waiting[next] as Waiting;
      next += 1;
      this.#waitingChars -= chars;
      this.#write(info);
    }
    this.#waiting.splice(0, next);
    if (!this.#full) this.#settle();
  };

  #write(info: object): void {
    const { destroyed } = this.transport as { destroyed?: unknown };
    if (destroyed === true || stateOf(this.transport)?.ended === true) {
      this.#warn(`transport ${this.name} has ended: its lines are dropped`);
      this.dropped += 1;
      return;
    }
    try {
      this.#full = this.transport.write(info) === false;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.dropped === 0) this.#warn(`transport ${this.name} throws: ${reason(error)}`);
    this.dropped += 1;
  }

  #settle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const done of idle) done();
  }
}
