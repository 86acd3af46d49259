// Reading a file without hanging.
//
// The path can name anything: a `.env` that 1Password serves as a named pipe, `<(pass show key)`
// as `NAME_FILE`, or by mistake `/proc/kmsg`, a device or a pipe without a writer. A blocking
// read of those stops a start for ever, where no timer can fire. So:
//
// 1. Folders, devices and sockets are refused. Regular files and pipes are read; /dev/null is empty.
// 2. The file is opened with O_NONBLOCK, which regular files ignore. A pipe without a writer then
//    opens at once, and files in /proc that would block report EAGAIN.
// 3. While there is nothing to read (EAGAIN, or the end of a pipe before its first byte), it sleeps
//    and tries again: longer if a writer has connected, since 1Password first asks a person.
// 4. The read stops at the end of the file or at `MAX_FILE_BYTES`.

import { fileSystem } from './built-ins.ts';

/** The content of a file, or the reason why it cannot be used. */
export type FileText =
  | { readonly status: 'text'; readonly text: string }
  | { readonly status: 'missing' }
  | { readonly status: 'unusable'; readonly reason: string; readonly line?: number };

/** Maximum size of a `.env` file or a secret file, in bytes. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

const WRITER_WAIT_MS = 2000;
const DATA_WAIT_MS = 10_000;
const POLL_MS = 5;

/** Reads a UTF-8 file or a named pipe, with limits on size and time. */
export function readTextFile(path: string): FileText {
  try {
    // Most files of a cascade are missing: creating an error for each would cost a third of a load.
    const stats = fileSystem().statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { status: 'missing' };
    if (stats.isDirectory()) return unusable('it is a directory');
    if (stats.isCharacterDevice() && isNull(stats)) return { status: 'text', text: '' };
    if (!stats.isFile() && !stats.isFIFO()) return unusable('it is not a regular file or a pipe');
    const bytes = readBounded(path, stats.isFIFO());
    return typeof bytes === 'string' ? unusable(bytes) : decode(bytes);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 'missing' };
    return unusable(`it cannot be read (${String(code)})`);
  }
}

/** Containers hide a file by putting /dev/null in its place. */
function isNull({ rdev }: { readonly rdev: number }): boolean {
  return fileSystem().statSync('/dev/null', { throwIfNoEntry: false })?.rdev === rdev;
}

function unusable(reason: string): FileText {
  return { status: 'unusable', reason };
}

/** The bytes of a file, or the reason why they cannot be read. */
function readBounded(path: string, isPipe: boolean): Uint8Array | string {
  const { closeSync, constants, openSync } = fileSystem();
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const chunks: Uint8Array[] = [];
    let total = 0;
    const start = performance.now();
    for (;;) {
      const chunk = readChunk(file);
      const isEarly = isPipe && total === 0 && chunk?.length === 0;
      if (chunk === undefined || isEarly) {
        const limit = isPipe && chunk === undefined ? DATA_WAIT_MS : WRITER_WAIT_MS;
        if (performance.now() - start > limit) {
          const within = `within ${limit / 1000} s`;
          return total > 0
            ? `its writer did not close it ${within}`
            : `nothing was written to it ${within}`;
        }
        sleep(POLL_MS);
      } else if (chunk.length === 0) {
        return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
      } else {
        total += chunk.length;
        if (total > MAX_FILE_BYTES) return `it is larger than ${MAX_FILE_BYTES} bytes`;
        chunks.push(chunk);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** The next bytes; empty at the end of the file, `undefined` if no bytes have arrived yet. */
function readChunk(file: number): Uint8Array | undefined {
  const chunk = new Uint8Array(64 * 1024);
  try {
    return chunk.subarray(0, fileSystem().readSync(file, chunk, 0, chunk.length, null));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function decode(bytes: Uint8Array): FileText {
  const { isUtf8 } = process.getBuiltinModule('node:buffer');
  const zero = bytes.indexOf(0);
  if (isUtf16(bytes)) return unusable('it is UTF-16: save it as UTF-8');
  if (zero >= 0) {
    const line = lineAt(bytes, zero);
    return { status: 'unusable', reason: 'it contains a NUL byte: it is a binary file', line };
  }
  if (!isUtf8(bytes)) {
    const line = lineAt(bytes, firstInvalid(bytes, isUtf8));
    return { status: 'unusable', reason: 'it is not valid UTF-8', line };
  }
  return { status: 'text', text: new TextDecoder().decode(bytes) };
}

/** Windows PowerShell writes UTF-16, mostly with a byte order mark. */
function isUtf16({ 0: first, 1: second, length }: Uint8Array): boolean {
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (length % 2 === 0 && (first === 0) !== (second === 0));
}

function lineAt(bytes: Uint8Array, end: number): number {
  return bytes.subarray(0, end).reduce((line, byte) => (byte === 10 ? line + 1 : line), 1);
}

/** The start of the first line that is not valid UTF-8; a character cannot contain a line feed. */
function firstInvalid(bytes: Uint8Array, isUtf8: (line: Uint8Array) => boolean): number {
  let start = 0;
  for (;;) {
    const feed = bytes.indexOf(10, start);
    if (feed < 0 || !isUtf8(bytes.subarray(start, feed))) return start;
    start = feed + 1;
  }
}
