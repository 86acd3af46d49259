import { type BaseError, ErrorCode, isBaseError } from '@map/errors';
import { errorOf } from '@map/errors/kernel';
import { MAX_TIMER_MS } from '@map/redaction/kernel';

/** Result of a piece of work, as the label `status` of its metrics. */
export type WorkStatus = 'success' | 'error' | 'timeout' | 'cancelled' | 'interrupted';

/** The reasons that stop a piece of work, and their codes. */
export interface StopOptions {
  readonly name: string;
  readonly codes: { readonly late: ErrorCode; readonly cancelled: ErrorCode };
  readonly timeoutMs?: number | undefined;
  readonly budgetUsd?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Work that can be cancelled. */
export interface Cancellable {
  cancel(reason: unknown): void;
}

/** Work that stops the work inside of it; it may come from another copy of the package. */
export interface OuterWork {
  /** Cancels the given work together with this one, or at once if this one was stopped. */
  attach(inner: Cancellable): void;
  /** Called when the given work has settled. */
  detach(inner: Cancellable): void;
  /** Whether it is the given work, or runs inside of it. */
  isWithin?(work: Cancellable): boolean;
}

/** Everything that can stop a piece of work before it has settled; the first one counts. */
export class Stop implements Cancellable, OuterWork {
  #work: StopOptions;
  readonly #controller = new AbortController();
  readonly #onAbort = () => this.cancel(this.#work.signal?.reason);
  #timer: NodeJS.Timeout | undefined;
  #isSettled = false;
  /** Whether what it runs has ended; it may continue after the work was stopped. */
  #isOver = false;
  #running: Promise<unknown> | undefined;
  /** The pieces of work that run inside of it. */
  #inner: Set<Cancellable> | undefined;
  #outer: OuterWork | undefined;
  #reject: ((error: unknown) => void) | undefined;
  status: WorkStatus | undefined;

  /**
   * @param work - Its limits and codes.
   * @param outer - The work around it, which it is stopped with.
   */
  constructor(work: StopOptions, outer?: OuterWork) {
    this.#work = work;
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(
    status: WorkStatus,
    code: ErrorCode,
    why: string,
    cause?: unknown,
    details?: Readonly<Record<string, unknown>>,
  ): void {
    this.status ??= status;
    const message = `${this.#work.name} ${why}.`;
    const error = errorOf({ code, message, originalError: cause, ...(details && { details }) });
    this.#controller.abort(error);
    this.#reject?.(error);
    this.#noteEnd();
    for (const inner of this.#inner ?? []) inner.cancel(error);
  }

  /** Stops the work for its caller, unless it has settled. */
  cancel(reason: unknown): void {
    if (this.#isSettled) return;
    // The caller may pass the signal that announces a shutdown, or work that one has aborted.
    if (isInterruption(reason)) {
      const why = `was interrupted: ${(reason as BaseError).message.replace(/\.$/, '')}`;
      this.abort('interrupted', ErrorCode.TASK_INTERRUPTED, why, reason);
    } else {
      this.abort('cancelled', this.#work.codes.cancelled, 'was cancelled', reason);
    }
  }

  /** Stops the work once its cost exceeds its budget, in US dollars. */
  spend(usd: number): void {
    const { budgetUsd } = this.#work;
    if (budgetUsd === undefined || usd <= budgetUsd || this.#isSettled) return;
    const why = `exceeded its budget of $${budgetUsd}`;
    const details = { limit: budgetUsd, spent: usd };
    this.abort('error', ErrorCode.LLM_BUDGET_EXCEEDED, why, undefined, details);
  }

  /** Starts the time limit, and listens to the caller's signal and to the work around it. */
  arm(): void {
    const { timeoutMs, signal, codes } = this.#work;
    if (timeoutMs !== undefined && timeoutMs <= MAX_TIMER_MS) {
      const why = `did not complete within ${timeoutMs} ms`;
      this.#timer = setTimeout(() => this.abort('timeout', codes.late, why), timeoutMs);
    }
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#outer?.attach(this);
  }

  disarm(): void {
    this.#isSettled = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#work.signal?.removeEventListener('abort', this.#onAbort);
    // What could cancel it may be kept longer than the work; that need not be.
    const { name, codes } = this.#work;
    this.#work = { name, codes };
    this.#reject = undefined;
    this.#inner = undefined;
    this.#outer?.detach(this);
    this.#outer = undefined;
  }

  throwIfStopped(): void {
    this.signal.throwIfAborted();
  }

  /** Waits for the work, or for what stops it; cheaper than `Promise.race`. */
  race<T>(running: T | PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const promise = Promise.resolve(running);
      promise.then(resolve, reject);
      this.#running = promise;
      this.#reject = reject;
      if (this.signal.aborted) this.#noteEnd();
      // The work may have stopped itself while it began; if it has settled too, that counts.
      if (this.signal.aborted) Promise.reject(this.signal.reason).catch(reject);
    });
  }

  attach(inner: Cancellable): void {
    if (this.signal.aborted) {
      if (!this.#isOver) inner.cancel(this.signal.reason);
    } else if (!this.#isSettled) {
      this.#inner ??= new Set();
      this.#inner.add(inner);
    }
  }

  detach(inner: Cancellable): void {
    this.#inner?.delete(inner);
  }

  isWithin(work: Cancellable): boolean {
    return work === this || this.#outer?.isWithin?.(work) === true;
  }

  /** Once stopped work has ended, what it has left running, such as a timer, is free again. */
  #noteEnd(): void {
    const over = () => {
      this.#isOver = true;
    };
    this.#running?.then(over, over);
    this.#running = undefined;
  }
}

/** Whether a piece of work was aborted without its own fault, such as by a shutdown. */
export function isInterruption(reason: unknown): boolean {
  return isBaseError(reason) && reason.code === ErrorCode.TASK_INTERRUPTED;
}
