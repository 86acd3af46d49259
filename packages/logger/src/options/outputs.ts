import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { wantsColor } from '../format/color.ts';
import { isWinstonFormat, type LogFormatter, type WinstonFormat } from '../format/formatter.ts';
import { TextFormatter } from '../format/text-formatter.ts';
import { parseLevel } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';
import type { RotationOptions } from '../output/rotation.ts';
import type { LineStream } from '../output/standard-stream.ts';
import type { WinstonTransport } from '../output/transport-queue.ts';
import { checkFlag, checkObject, levelOf, oneOf } from './check.ts';
import type { ConsoleOptions, FileOptions, FormatOption, LoggingOptions } from './options.ts';

// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const { statSync } = process.getBuiltinModule('node:fs');

/** Where the lines of standard output or standard error go. */
export interface ConsoleOutput {
  readonly fd: 1 | 2;
  /** A stream to write through, instead of the descriptor. */
  readonly through: LineStream | undefined;
  readonly level: number | undefined;
  readonly format: LogFormatter | WinstonFormat | undefined;
}

/** Where the lines of a file go. */
export interface FileOutput {
  readonly path: string;
  readonly level: number | undefined;
  readonly format: LogFormatter | WinstonFormat | undefined;
  readonly rotate: RotationOptions | undefined;
}

/** Reads the option `console`. */
export function consoleOutput(
  value: NonNullable<LoggingOptions['console']>,
  format: FormatOption,
): ConsoleOutput | undefined {
  if (value === false) return undefined;
  const options: ConsoleOptions =
    typeof value === 'object' ? value : { stream: value === true ? 'stdout' : value };
  checkObject('console', options, ['stream', 'level', 'format']);
  const { stream = 'stdout' } = options;
  const fd = descriptorOf(stream);
  return {
    fd,
    through: isMainThread || typeof stream === 'string' ? undefined : stream,
    level: levelOf(options.level, 'console.level'),
    format: formatterOf(options.format ?? format, 'console.format', fd),
  };
}

function descriptorOf(stream: NonNullable<ConsoleOptions['stream']>): 1 | 2 {
  if (stream === 'stdout' || stream === process.stdout) return 1;
  if (stream === 'stderr' || stream === process.stderr) return 2;
  if (typeof stream !== 'object') {
    return oneOf<string>('console', stream, ['stdout', 'stderr']) === 'stdout' ? 1 : 2;
  }
  throw new LoggingOptionError('console.stream', stream, [
    'process.stdout',
    'process.stderr',
    'and for another stream: transports: [new winston.transports.Stream({ stream })]',
  ]);
}

/** Reads the option `file`. */
export function fileOutput(
  value: NonNullable<LoggingOptions['file']>,
  format: FormatOption,
): FileOutput | undefined {
  const options: FileOptions = typeof value === 'object' ? value : { path: value };
  checkObject('file', options, ['path', 'level', 'format', 'rotate']);
  const { path, rotate } = options;
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0') || isDirectory(path)) {
    throw new LoggingOptionError('file', path, ['the path of a file']);
  }
  if (rotate !== undefined) checkRotation(rotate);
  return {
    path: resolve(path),
    level: levelOf(options.level, 'file.level'),
    format: formatterOf(options.format ?? format, 'file.format', undefined),
    rotate,
  };
}

function checkRotation(rotate: RotationOptions): void {
  if (typeof rotate === 'object') {
    checkObject('file.rotate', rotate, ['sizeBytes', 'daily', 'keep', 'compress']);
  }
  checkFlag('file.rotate.daily', rotate.daily);
  checkFlag('file.rotate.compress', rotate.compress);
  for (const name of ['sizeBytes', 'keep'] as const) {
    const value = rotate[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new LoggingOptionError(`file.rotate.${name}`, value, ['a whole number above 0']);
    }
  }
  if (rotate.sizeBytes === undefined && rotate.daily !== true) {
    throw new LoggingOptionError('file.rotate', rotate, ['{ sizeBytes }', '{ daily: true }']);
  }
}

/** Whether a path exists and is a directory. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Out of reach: opening it reports the reason, and does not keep a program from starting.
    return false;
  }
}

/** Reads the option `transports`. */
export function transportsOf(value: unknown): readonly WinstonTransport[] {
  if (!Array.isArray(value)) throw new LoggingOptionError('transports', value, ['a list']);
  for (const one of value as unknown[]) {
    const { log, level: own } = (one ?? {}) as { log?: unknown; level?: unknown };
    // The level of a transport is watched.
    if (typeof log !== 'function' || !Object.isExtensible(one)) {
      throw new LoggingOptionError('transports', one, ['winston transports']);
    }
    if (own !== undefined) parseLevel(own, 'transport.level');
  }
  return value as WinstonTransport[];
}

/** The formatter of an option; undefined for JSON, which the line is already. */
export function formatterOf(
  format: FormatOption,
  option: string,
  fd: 1 | 2 | undefined,
): LogFormatter | WinstonFormat | undefined {
  if (format === 'json') return undefined;
  if (format === 'text') return new TextFormatter({ color: fd !== undefined && wantsColor(fd) });
  if (isWinstonFormat(format)) return format;
  if (typeof format === 'object' && typeof (format as LogFormatter | null)?.format === 'function') {
    return format;
  }
  throw new LoggingOptionError(option, format, ['json', 'text', 'a formatter', 'a winston format']);
}
