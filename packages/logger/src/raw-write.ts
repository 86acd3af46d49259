import { writeSync } from 'node:fs';

const scratch: Buffer = Buffer.allocUnsafe(256 * 1024);

/** A text's bytes; the buffer is used again by the next call. */
export function encode(text: string): Buffer {
  // A UTF-16 unit needs at most three bytes.
  if (text.length * 3 > scratch.length) return Buffer.from(text);
  return scratch.subarray(0, scratch.write(text, 'utf8'));
}

/** How far a write came, and what stopped it. */
export interface Written {
  readonly bytes: number;
  readonly error: (Error & { code?: string }) | undefined;
}

/** Writes all of it, through partial writes and interruptions, or as far as it goes. */
export function writeAll(fd: number, bytes: Uint8Array): Written {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done);
    } catch (error) {
      const stopped = error as Error & { code?: string };
      if (stopped.code !== 'EINTR') return { bytes: done, error: stopped };
    }
  }
  return { bytes: done, error: undefined };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread: for the moments before the end of a process, when nothing else may run. */
export function sleepSync(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
