import { onWorkFailed } from './cost-meter.ts';
import type { LlmObserver } from './observer.ts';

/** How long a stream may pause, in milliseconds: longer than servers and clients let it pause. */
const MAX_PAUSE_MS = 600_000;

/**
 * Notices that the reader of a stream has left, where a framework does not report it: at an abort,
 * when the work around it fails, and when nothing is read for too long.
 */
export class Leaving {
  readonly #leave: () => void;
  readonly #signal: AbortSignal | undefined;
  readonly #forget: () => void;
  #idle: NodeJS.Timeout | undefined;

  /** @param leave Ends the request as cancelled. */
  constructor({ signal, meter }: LlmObserver, leave: () => void) {
    this.#leave = leave;
    this.#signal = signal;
    this.#forget = onWorkFailed(meter, leave);
    signal?.addEventListener('abort', leave);
  }

  /** Notes a sign of life; the next one may take `maxPauseMs`. */
  refresh(maxPauseMs: number = MAX_PAUSE_MS): void {
    this.#idle ??= setTimeout(this.#leave, maxPauseMs).unref();
    this.#idle.refresh();
  }

  /** The request has ended. */
  stop(): void {
    this.#signal?.removeEventListener('abort', this.#leave);
    this.#forget();
    clearTimeout(this.#idle);
  }
}
