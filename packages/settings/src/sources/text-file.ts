import { fileSystem } from './built-ins.ts';

/** What was found at a path: a text, nothing, or a reason why it cannot be used. */
export type FileText =
  | { readonly status: 'text'; readonly text: string }
  | { readonly status: 'missing' }
  | { readonly status: 'unusable'; readonly reason: string; readonly line?: number };

/** Most bytes that a `.env` file or a secret file may have. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

/**
 * Reads a regular UTF-8 file of bounded size. A pipe or a device is refused: reading it could
 * block for ever.
 */
export function readTextFile(path: string): FileText {
  try {
    // Most files of a cascade are missing: an error for each would cost a third of a load.
    const stats = fileSystem().statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { status: 'missing' };
    if (stats.isDirectory()) return { status: 'unusable', reason: 'it is a folder' };
    if (!stats.isFile()) return { status: 'unusable', reason: 'it is not a regular file' };
    const bytes = readBounded(path);
    if (bytes === undefined) {
      return { status: 'unusable', reason: `it is larger than ${MAX_FILE_BYTES} bytes` };
    }
    return decode(bytes);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 'missing' };
    return { status: 'unusable', reason: `it cannot be read (${String(code)})` };
  }
}

function readBounded(path: string): Uint8Array | undefined {
  const { closeSync, openSync, readSync } = fileSystem();
  const file = openSync(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const chunk = new Uint8Array(64 * 1024);
      const count = readSync(file, chunk, 0, chunk.length, null);
      if (count === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      total += count;
      if (total > MAX_FILE_BYTES) return undefined;
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Uint8Array): FileText {
  const { isUtf8 } = process.getBuiltinModule('node:buffer');
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const line = lineAt(bytes, zero);
    return { status: 'unusable', reason: 'it has a NUL byte, so it is not a text file', line };
  }
  if (!isUtf8(bytes)) {
    const line = lineAt(bytes, firstInvalid(bytes, isUtf8));
    return { status: 'unusable', reason: 'it is not valid UTF-8', line };
  }
  return { status: 'text', text: new TextDecoder().decode(bytes) };
}

function lineAt(bytes: Uint8Array, end: number): number {
  return bytes.subarray(0, end).reduce((line, byte) => (byte === 10 ? line + 1 : line), 1);
}

/** The start of the first line that is not valid UTF-8; no character spans a line feed. */
function firstInvalid(bytes: Uint8Array, isUtf8: (line: Uint8Array) => boolean): number {
  let start = 0;
  for (;;) {
    const feed = bytes.indexOf(10, start);
    if (feed < 0 || !isUtf8(bytes.subarray(start, feed))) return start;
    start = feed + 1;
  }
}
