import { isMainThread } from 'node:worker_threads';

const guarded = new WeakSet<object>();

/**
 * Gets Node's stream for a descriptor, with one listener that keeps an error on it, such as that of
 * a closed pipe, from ending the process. The stream also makes a pipe non-blocking.
 */
export function guardStandardStream(fd: 1 | 2, failed?: (error: Error) => void): void {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', (error) => failed?.(error));
}

/** The part of a stream that lines are written to. */
export interface LineStream {
  write(text: string): unknown;
}

/**
 * Finds the stream that stands in for standard output or standard error: one whose `write` was
 * replaced, as pm2's cluster mode, terminal interfaces and captures of tests do, or one that was put
 * in its place.
 */
export function replacedStream(fd: 1 | 2): LineStream | undefined {
  const name = fd === 1 ? 'stdout' : 'stderr';
  try {
    const hasGetter = Object.getOwnPropertyDescriptor(process, name)?.get !== undefined;
    const stream = process[name];
    // Node's stream has its descriptor; that of a worker thread has none.
    const isNodes = hasGetter && (stream.fd === fd || !isMainThread);
    return isNodes && !Object.hasOwn(stream, 'write') ? undefined : stream;
  } catch {
    // A closed descriptor has no stream.
    return undefined;
  }
}
