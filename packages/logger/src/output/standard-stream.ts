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
