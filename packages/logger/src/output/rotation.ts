import { basename, dirname, extname } from 'node:path';

/** When a log file is rotated, and what happens to the rotated files. */
export interface RotationOptions {
  /** Rotate a file of this size or more, in bytes. */
  readonly sizeBytes?: number;
  /** Rotate at the first line of a new day (UTC). */
  readonly daily?: boolean;
  /** The number of rotated files that are kept; all when not given. */
  readonly keep?: number;
  /** Whether rotated files are compressed with gzip. */
  readonly compress?: boolean;
}

/** The name of a log file from the moment it is full until it has its final name. */
export function asideOf(path: string): string {
  return `${path}.rotating`;
}

/** The day of a time, as in the lines. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/**
 * Gives a rotated log file its name, `name.DAY.N.ext`; naming, compression and the removal of old
 * files are rotating-file-stream's.
 */
export async function rotate(path: string, options: RotationOptions): Promise<void> {
  const { createStream } = await import('rotating-file-stream');
  // Of all built-in modules this one takes the longest to load, and few programs rotate.
  const { readdir, stat, unlink } = await import('node:fs/promises');
  const aside = asideOf(path);
  const day = dayOf((await stat(aside)).mtimeMs);
  const ending = extname(path);
  const stem = basename(path, ending);
  const gz = options.compress ? '.gz' : '';
  // Numbers continue from the highest one: the number of a removed file is not used again.
  const last = lastNumber(await readdir(dirname(path)), `${stem}.${day}.`);
  const named = (time: Date | number | null, index = 1): string =>
    time === null ? basename(aside) : `${stem}.${day}.${last + index}${ending}${gz}`;
  const stream = createStream(named as (time: Date | number, index?: number) => string, {
    path: dirname(path),
    // Every file exceeds this size, so opening the stream rotates it.
    size: '1B',
    ...(options.keep === undefined ? {} : { maxFiles: options.keep }),
    ...(options.keep === undefined ? {} : { history: `.${stem}${ending}.rotated` }),
    ...(options.compress ? { compress: 'gzip' } : {}),
    mode: 0o640,
  });
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.once('open', () => stream.end(resolve));
  });
  // The stream has opened a new one under the same name.
  if ((await stat(aside)).size === 0) await unlink(aside);
}

function lastNumber(names: readonly string[], start: string): number {
  const numbers = names.map((name) =>
    name.startsWith(start) ? Number.parseInt(name.slice(start.length), 10) : 0,
  );
  return Math.max(0, ...numbers.filter(Number.isSafeInteger));
}
