import { AsyncResource } from 'node:async_hooks';
import { loadConversion } from './coded.ts';

// A connection outlives the request that happened to open it, so it must not carry its context.
const outside = new AsyncResource('MapConnection');

/** What `open` is given: when to stop trying, and whom to tell when the connection dies. */
export interface OpenContext {
  /** Aborts when the attempt has run out of time or the manager closes. */
  readonly signal: AbortSignal;
  /** Reports that the connection is dead, so that it is never handed out again. */
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
  /** Whether an error shows that the connection leads to the wrong server. */
  misplaced?(error: unknown): boolean;
  /** Cleans what a borrower left behind; answers false when the connection must be thrown away. */
  reset?(resource: T): PromiseLike<boolean> | boolean;
  /** Closes politely: what is under way may finish. */
  close?(resource: T): PromiseLike<unknown>;
  /** Ends the connection at once; used after `close` failed or took too long. */
  destroy?(resource: T): void;
}

/** One open connection with its life-line. */
export interface Opened<T> {
  readonly resource: T;
  /** Set when the connection has died by itself. */
  dead: boolean;
  /** Set when it was lost or given up, as opposed to closed. */
  failed: boolean;
  /** Called once when the connection dies by itself. */
  onLost: ((error: unknown) => void) | undefined;
}

/**
 * Makes one attempt to open a connection, and leaves nothing behind when it comes too late.
 *
 * @param driver - Opens the connection.
 * @param timeoutMs - Limit for the attempt, in milliseconds.
 * @param signal - Gives the attempt up early.
 * @returns The open connection.
 * @throws What the driver throws, or the error given by `onTimeout`.
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
  await Promise.all([driver.load?.(), loadConversion()]);
  return await new Promise<Opened<T>>((resolve, reject) => {
    let over = false;
    const end = (error: unknown): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      attempt.abort(error);
      reject(error);
    };
    const onAbort = (): void => end(signal.reason);
    const timer = setTimeout(() => end(onTimeout()), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    // The call is inside a promise so that a driver that throws at once rejects too.
    Promise.resolve()
      .then(() => outside.runInAsyncScope(() => driver.open(context)))
      .then((resource) => {
        if (over) return destroyResource(driver, resource);
        over = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(Object.assign(opened, { resource }));
      }, end);
  });
}

/** Ends a connection at once, by the hardest means its driver has. */
export function destroyResource<T>(driver: ResourceDriver<T>, resource: T): void {
  try {
    if (driver.destroy !== undefined) driver.destroy(resource);
    else Promise.resolve(driver.close?.(resource)).catch(() => {});
  } catch {
    // It is gone either way.
  }
}

/** What the work answers, or undefined when it fails or takes too long. */
export async function withinLimit<R>(
  work: () => Promise<R>,
  timeoutMs: number,
): Promise<R | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, timeoutMs));
  });
  const result = await Promise.race([work().catch(() => undefined), late]);
  clearTimeout(timer);
  return result;
}

/**
 * Closes a connection politely, and by force when that fails or takes too long.
 *
 * @param timeoutMs - Limit for the polite way, in milliseconds.
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
