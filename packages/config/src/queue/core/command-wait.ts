import type { Expiring } from '@map/redaction/kernel';

/** A command that waits for its reply, as one of many whose deadlines share a timer. */
export class CommandWait implements Expiring {
  readonly deadlineAt: number;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  /** Whether the deadline has passed. */
  isLate = false;
  #reject: ((reason: unknown) => void) | undefined;

  /** @param limitMs The limit in milliseconds, from now; `Infinity` for none. */
  constructor(limitMs: number) {
    this.deadlineAt = performance.now() + limitMs;
  }

  /**
   * Waits for the reply until the deadline.
   *
   * @throws What the command throws; undefined past the deadline.
   */
  until<T>(reply: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      reply.then(resolve, reject);
    });
  }

  expire(): void {
    this.isLate = true;
    this.#reject?.(undefined);
  }
}
