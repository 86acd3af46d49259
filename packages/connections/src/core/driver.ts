import { AsyncResource } from 'node:async_hooks';
import { ignoreRejection, withTimeLimit } from '@map/redaction/kernel';
import { loadConversion } from './errors.ts';

// A connection outlives the request that happened to open it, so it must not carry its context.
const outside = new AsyncResource('MapConnection');
// It lasts as long as the process: Jest's `--detectOpenHandles` would report it as left open.
outside.emitDestroy();

/** What `open` receives. */
export interface OpenContext {
  /** Aborts when the attempt has run out of time or the manager closes. */
  readonly signal: AbortSignal;
  /** Reports that the connection is dead, so that it is never used again. */
  lost(error?: unknown): void;
}

/** How one kind of connection is opened, checked and closed. */
export interface ResourceDriver<T> {
  /** Loads what `open` needs; its time does not count against an attempt. */
  load?(): PromiseLike<unknown>;
  /** Opens one connection; rejects when it cannot. */
  open(context: OpenContext): PromiseLike<T>;
  /** Proves that the connection works; rejects when it does not. */
  check?(resource: T): PromiseLike<unknown>;
  /** Whether an error shows that this is the wrong server. */
  misplaced?(error: unknown): boolean;
  /** Restores the state of a returned connection; false if it must be thrown away. */
  reset?(resource: T): PromiseLike<boolean> | boolean;
  /** Closes gracefully: operations in flight may complete. */
  close?(resource: T): PromiseLike<unknown>;
  /** Ends the connection immediately; used when `close` fails or takes too long. */
  destroy?(resource: T): void;
}

/** One open connection and its state. */
export interface Opened<T> {
  readonly resource: T;
  /** True once the connection can no longer be used. */
  dead: boolean;
  /** True if it was lost or replaced, as opposed to closed on request. */
  failed: boolean;
  /** Called once when the connection dies by itself. */
  onLost: ((error: unknown) => void) | undefined;
  /** Called when it dies by itself while a lease holds it. */
  onLostInUse?: ((error: unknown) => void) | undefined;
}

/**
 * Makes one attempt to open a connection; one that opens too late is destroyed.
 *
 * @param driver - Opens the connection.
 * @param timeoutMs - Limit for the attempt, in milliseconds.
 * @param signal - Aborts the attempt.
 * @param onTimeout - Makes the error of an attempt that takes too long.
 * @throws What the driver throws, the error made by `onTimeout`, or the reason of the signal.
 */
export async function openResource<T>(
  driver: ResourceDriver<T>,
  timeoutMs: number,
  signal: AbortSignal,
  onTimeout: () => Error,
): Promise<Opened<T>> {
  const attempt = new AbortController();
  const opened: Omit<Opened<T>, 'resource'> = { dead: false, failed: false, onLost: undefined };
  const context: OpenContext = {
    signal: attempt.signal,
    lost(error) {
      if (opened.dead) return;
      opened.dead = true;
      opened.onLost?.(error);
    },
  };
  let isOver = false;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    isOver = true;
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([Promise.all([driver.load?.(), loadConversion()]), aborted.promise]);
    signal.throwIfAborted();
    const opening = new Promise<T>((resolve, reject) => {
      aborted.promise.catch(reject);
      // The call is inside a promise so that a driver that throws synchronously rejects too.
      Promise.resolve()
        .then(() => outside.runInAsyncScope(() => driver.open(context)))
        .then((resource) => {
          if (isOver) destroyResource(driver, resource);
          else resolve(resource);
        })
        .catch(reject);
    });
    const resource = await withTimeLimit(opening, timeoutMs, () => {
      isOver = true;
      throw onTimeout();
    });
    return Object.assign(opened, { resource });
  } catch (error) {
    attempt.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Ends a connection immediately, by the hardest means its driver has. */
export function destroyResource<T>(driver: ResourceDriver<T>, resource: T): void {
  try {
    if (driver.destroy !== undefined) ignoreRejection(driver.destroy(resource));
    else Promise.resolve(driver.close?.(resource)).catch(() => {});
  } catch {
    // The connection is unusable either way.
  }
}

/** Resolves with the result of the work, or with undefined when it fails or takes too long. */
export async function withinLimit<R>(
  work: () => Promise<R>,
  timeoutMs: number,
): Promise<R | undefined> {
  const result = work().catch(() => undefined);
  return await withTimeLimit(result, timeoutMs, () => undefined);
}

/**
 * Closes a connection gracefully, and by force when that fails or takes too long.
 *
 * @param timeoutMs - Limit for the graceful way, in milliseconds.
 */
export async function closeResource<T>(
  driver: ResourceDriver<T>,
  resource: T,
  timeoutMs: number,
): Promise<void> {
  if (driver.close === undefined) return destroyResource(driver, resource);
  const isClosed = await withinLimit(async () => {
    await driver.close?.(resource);
    return true;
  }, timeoutMs);
  if (isClosed !== true) destroyResource(driver, resource);
}
