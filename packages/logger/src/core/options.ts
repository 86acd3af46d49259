import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { RedactionPolicy } from '@map/redaction';
import { POLICY_OPTIONS, Redactor } from '@map/redaction/kernel';
import { wantsColor } from '../format/color.ts';
import type { ErrorOptions } from '../format/error-fields.ts';
import { isWinstonFormat, type LogFormatter, type WinstonFormat } from '../format/formatter.ts';
import { JsonFormatter } from '../format/json-formatter.ts';
import { reason } from '../format/json-string.ts';
import { TextFormatter } from '../format/text-formatter.ts';
import { LEVELS, type LevelInput, levelNumber, OFF, parseLevel } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';
import { parseLevels } from '../level/rules.ts';
import type { Buffering } from '../output/line-buffer.ts';
import type { RotationOptions } from '../output/rotation.ts';
import type { LineStream } from '../output/standard-stream.ts';
import type { WinstonTransport } from '../output/transport-queue.ts';

// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const { statSync } = process.getBuiltinModule('node:fs');

/** `json` for machines, `text` for people, your own formatter, or any winston format. */
export type FormatOption = 'json' | 'text' | JsonFormatter | LogFormatter | WinstonFormat;

/** A usual set-up by name; other options override it. */
export type Preset = 'production' | 'development' | 'test';

/** How lines go to standard output or standard error. */
export interface ConsoleOptions {
  /**
   * By name, or `process.stdout` or `process.stderr` itself. A worker thread that gives the stream
   * itself writes through it, so that its lines arrive at `worker.stdout`.
   */
  readonly stream?: 'stdout' | 'stderr' | LineStream | undefined;
  readonly level?: LevelInput | undefined;
  readonly format?: FormatOption | undefined;
}

/** How lines go to a file. */
export interface FileOptions {
  /** The file; its folder is created when it is missing. */
  readonly path: string;
  readonly level?: LevelInput | undefined;
  readonly format?: FormatOption | undefined;
  readonly rotate?: RotationOptions | undefined;
}

/** The options of a set-up; each has a default. */
export interface LoggingOptions {
  /** `production`: JSON from INFO; `development`: coloured text from DEBUG; `test`: warnings only. */
  readonly preset?: Preset | undefined;
  /** The least level written; INFO when not given. */
  readonly level?: LevelInput | undefined;
  /** Levels by name or pattern: `{ 'map.agents': 'DEBUG' }` or `map.agents=DEBUG,map.*.http=OFF`. */
  readonly levels?: string | Readonly<Record<string, LevelInput>> | undefined;
  /** The format of every output without its own; `json` when not given. */
  readonly format?: FormatOption | undefined;
  /** Standard output when not given; `false` for none. */
  readonly console?: boolean | 'stdout' | 'stderr' | ConsoleOptions | undefined;
  /** A file's path, or more about it. */
  readonly file?: string | FileOptions | undefined;
  /** winston transports. */
  readonly transports?: readonly WinstonTransport[] | undefined;
  /** Fields of every line, such as the application's name and version; context and call override them. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The level from which on lines name their caller; WARNING when not given. */
  readonly caller?: 'always' | 'never' | LevelInput | undefined;
  /**
   * Values to mask in addition to registered secrets and the usual names and tokens, process-wide: in all
   * that MAP's packages write.
   */
  readonly redact?: RedactionPolicy | undefined;
  /** Which parts of third-party errors are written; see `ErrorOptions`. */
  readonly errors?: ErrorOptions | undefined;
  /** `tick` (when not given): the lines of one turn of the event loop cost one write. */
  readonly buffering?: Buffering | undefined;
  /** Whether an exception that ends the process is logged first; true when not given. */
  readonly uncaught?: boolean | undefined;
}

/** Options read and checked. */
export interface ResolvedOptions {
  readonly level: number;
  readonly levels: readonly (readonly [pattern: string, level: number])[];
  readonly winstonFormat: WinstonFormat | undefined;
  readonly console:
    | {
        fd: 1 | 2;
        /** A stream to write through, instead of the descriptor. */
        through: LineStream | undefined;
        level: number | undefined;
        format: LogFormatter | WinstonFormat | undefined;
      }
    | undefined;
  readonly file:
    | {
        path: string;
        level: number | undefined;
        format: LogFormatter | WinstonFormat | undefined;
        rotate: RotationOptions | undefined;
      }
    | undefined;
  readonly transports: readonly WinstonTransport[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly callerFrom: number;
  readonly redact: RedactionPolicy | undefined;
  readonly errors: ErrorOptions | undefined;
  readonly formatter: JsonFormatter;
  readonly buffering: Buffering;
  readonly uncaught: boolean;
}

const PRESETS: Readonly<Record<Preset, LoggingOptions>> = {
  production: { level: 'INFO', format: 'json' },
  development: { level: 'DEBUG', format: 'text' },
  test: { level: 'WARNING', format: 'text', console: 'stderr' },
};

const NAMES: ReadonlySet<string> = new Set([
  'preset',
  'level',
  'levels',
  'format',
  'console',
  'file',
  'transports',
  'fields',
  'caller',
  'redact',
  'errors',
  'buffering',
  'uncaught',
]);

/**
 * Reads and checks options before anything is changed.
 * @throws {LoggingOptionError} When one cannot be used.
 */
export function resolveOptions(given: LoggingOptions): ResolvedOptions {
  known('option', given, [...NAMES]);
  const options = { ...preset(given.preset), ...defined(given) };
  const { format = 'json', fields = {}, redact, errors, uncaught = true } = options;
  known('fields', fields);
  if (redact !== undefined) checkRedact(redact);
  if (errors !== undefined) checkErrors(errors);
  flag('uncaught', uncaught);
  // Checked even where no output uses it.
  formatter(format, 'format', undefined);
  const ours = format instanceof JsonFormatter;
  const winstonFormat = !ours && isWinstonFormat(format) ? format : undefined;
  // A winston format of the logger and a JsonFormatter run before the format of an output.
  const usual = ours || winstonFormat !== undefined ? 'json' : format;
  return {
    level: level(options.level, 'level') ?? LEVELS.INFO,
    levels: options.levels === undefined ? [] : parseLevels(options.levels),
    winstonFormat,
    console: consoleOutput(options.console ?? true, usual),
    file: options.file === undefined ? undefined : fileOutput(options.file, usual),
    transports: transports(options.transports ?? []),
    fields: { ...fields },
    callerFrom: callerFrom(options.caller ?? 'WARNING'),
    redact,
    errors,
    formatter: ours ? format : new JsonFormatter(),
    buffering: oneOf('buffering', options.buffering ?? 'tick', ['tick', 'line']),
    uncaught,
  };
}

/** Rejects a value that is not an object, and with `names` one that has other members. */
function known(option: string, value: unknown, names?: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LoggingOptionError(option, value, ['an object']);
  }
  for (const name of names === undefined ? [] : Object.keys(value)) {
    if (!names?.includes(name)) throw new LoggingOptionError(option, name, names ?? []);
  }
}

function checkRedact(redact: RedactionPolicy): void {
  known('redact', redact, [...POLICY_OPTIONS]);
  try {
    new Redactor(redact);
  } catch (error) {
    const [, part = 'policy', valid] =
      /^`(\w+)` must be (.*?)(?:, got [^,]*)?\.$/s.exec(reason(error)) ?? [];
    const option = part === 'policy' ? 'redact' : `redact.${part}`;
    const value = part === 'policy' ? redact : redact[part as keyof RedactionPolicy];
    // A value of `values` is a secret.
    const shown = part === 'values' && !Array.isArray(value) ? typeof value : value;
    throw new LoggingOptionError(option, shown, [valid ?? 'a redaction policy']);
  }
}

function checkErrors(errors: ErrorOptions): void {
  known('errors', errors, ['properties', 'causes']);
  const { properties = [], causes = 0 } = errors;
  const isList = Array.isArray(properties) && properties.every((one) => typeof one === 'string');
  if (properties !== 'all' && !isList) {
    throw new LoggingOptionError('errors.properties', properties, ['all', 'a list of names']);
  }
  if (!Number.isInteger(causes) || causes < 0 || causes > 9) {
    throw new LoggingOptionError('errors.causes', causes, ['an integer from 0 to 9']);
  }
}

function flag(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new LoggingOptionError(option, value, ['true', 'false']);
  }
}

function preset(name: Preset | undefined): LoggingOptions {
  if (name === undefined) return {};
  return PRESETS[oneOf('preset', name, Object.keys(PRESETS) as Preset[])];
}

function defined(options: LoggingOptions): LoggingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function level(value: LevelInput | undefined, option: string): number | undefined {
  return value === undefined ? undefined : parseLevel(value, option);
}

function callerFrom(value: string): number {
  if (value === 'always') return 0;
  if (value === 'never') return OFF + 1;
  const number = levelNumber(value);
  if (number === undefined) {
    throw new LoggingOptionError('caller', value, ['always', 'never', ...Object.keys(LEVELS)]);
  }
  return number;
}

function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw new LoggingOptionError(option, value, allowed);
  return value;
}

function consoleOutput(
  value: NonNullable<LoggingOptions['console']>,
  format: FormatOption,
): ResolvedOptions['console'] {
  if (value === false) return undefined;
  const options: ConsoleOptions =
    typeof value === 'object' ? value : { stream: value === true ? 'stdout' : value };
  known('console', options, ['stream', 'level', 'format']);
  const { stream = 'stdout' } = options;
  const fd = descriptorOf(stream);
  return {
    fd,
    through: isMainThread || typeof stream === 'string' ? undefined : stream,
    level: level(options.level, 'console.level'),
    format: formatter(options.format ?? format, 'console.format', fd),
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

function fileOutput(
  value: NonNullable<LoggingOptions['file']>,
  format: FormatOption,
): ResolvedOptions['file'] {
  const options: FileOptions = typeof value === 'object' ? value : { path: value };
  known('file', options, ['path', 'level', 'format', 'rotate']);
  const { path, rotate } = options;
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0') || isDirectory(path)) {
    throw new LoggingOptionError('file', path, ['the path of a file']);
  }
  if (rotate !== undefined) checkRotation(rotate);
  return {
    path: resolve(path),
    level: level(options.level, 'file.level'),
    format: formatter(options.format ?? format, 'file.format', undefined),
    rotate,
  };
}

function checkRotation(rotate: RotationOptions): void {
  if (typeof rotate === 'object') {
    known('file.rotate', rotate, ['sizeBytes', 'daily', 'keep', 'compress']);
  }
  flag('file.rotate.daily', rotate.daily);
  flag('file.rotate.compress', rotate.compress);
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

function transports(value: unknown): readonly WinstonTransport[] {
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
function formatter(
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

/** Whether a path exists and is a directory. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Out of reach: opening it reports the reason, and does not keep a program from starting.
    return false;
  }
}
