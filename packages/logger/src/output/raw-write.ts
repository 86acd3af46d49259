// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const { writeSync } = process.getBuiltinModule('node:fs');

const scratch = Buffer.allocUnsafeSlow(256 * 1024);
// It asks V8 directly, which for a line takes two thirds of the time of Buffer's own `write`.
const encoder = new TextEncoder();

/** A write that did not complete. */
export interface Stopped {
  /** All of the bytes, in their own memory. */
  readonly bytes: Buffer;
  /** How many of them were written. */
  readonly done: number;
  readonly error: Error & { code?: string };
}

/**
 * Writes a string to a descriptor, through partial writes and interruptions.
 * @param whole The largest number of bytes of one write, where lines must arrive whole.
 * @returns The number of bytes, or how many of them were written.
 */
export function writeText(fd: number, text: string, whole?: number): number | Stopped {
  // A UTF-16 unit needs at most three bytes.
  const small = text.length * 3 <= scratch.length;
  const bytes = small ? scratch : Buffer.from(text);
  const length = small ? encoder.encodeInto(text, scratch).written : bytes.length;
  let done = 0;
  if (whole === undefined || length <= whole) {
    try {
      done = writeSync(fd, bytes, 0, length);
      if (done === length) return length;
    } catch (error) {
      if (!isInterruption(error)) return stopped(bytes, length, 0, error);
    }
  }
  const rest = writeBytes(fd, bytes.subarray(done, length), whole);
  done += rest.done;
  return rest.error === undefined ? length : stopped(bytes, length, done, rest.error);
}

function stopped(bytes: Buffer, length: number, done: number, error: unknown): Stopped {
  return { bytes: Buffer.from(bytes.subarray(0, length)), done, error: error as Error };
}

/** Writes as many bytes as possible; with `whole`, whole lines of at most so many bytes each time. */
export function writeBytes(
  fd: number,
  bytes: Uint8Array,
  whole?: number,
): { readonly done: number; readonly error: Stopped['error'] | undefined } {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done, portion(bytes, done, whole));
    } catch (error) {
      if (!isInterruption(error)) return { done, error: error as Error };
    }
  }
  return { done, error: undefined };
}

function portion(bytes: Uint8Array, start: number, whole: number | undefined): number {
  const left = bytes.length - start;
  if (whole === undefined || left <= whole) return left;
  const end = bytes.lastIndexOf(10, start + whole - 1);
  if (end >= start) return end + 1 - start;
  // A line that is longer by itself goes out alone.
  const after = bytes.indexOf(10, start + whole);
  return after < 0 ? left : after + 1 - start;
}

function isInterruption(error: unknown): boolean {
  return (error as { code?: string }).code === 'EINTR';
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread, for the moments before the end of a process. */
export function sleepSync(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
