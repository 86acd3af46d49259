import { RedactionOptionError, type RedactionPolicy } from '@map/redaction';
import { optionNames, POLICY_OPTIONS, Redactor } from '@map/redaction/kernel';
import type { ErrorOptions } from '../format/error-fields.ts';
import { isWinstonFormat, type WinstonFormat } from '../format/formatter.ts';
import { JsonFormatter } from '../format/json-formatter.ts';
import { LEVELS, levelNumber, OFF } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';
import { parseLevels } from '../level/rules.ts';
import type { Buffering } from '../output/line-buffer.ts';
import type { WinstonTransport } from '../output/transport-queue.ts';
import { checkFlag, checkObject, levelOf, oneOf } from './check.ts';
import type { LoggingOptions, Preset } from './options.ts';
import {
  type ConsoleOutput,
  consoleOutput,
  type FileOutput,
  fileOutput,
  formatterOf,
  transportsOf,
} from './outputs.ts';

/** Options read and checked. */
export interface ResolvedOptions {
  readonly level: number;
  readonly levels: readonly (readonly [pattern: string, level: number])[];
  readonly winstonFormat: WinstonFormat | undefined;
  readonly console: ConsoleOutput | undefined;
  readonly file: FileOutput | undefined;
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

const NAMES = optionNames<LoggingOptions>({
  preset: true,
  level: true,
  levels: true,
  format: true,
  console: true,
  file: true,
  transports: true,
  fields: true,
  caller: true,
  redact: true,
  errors: true,
  buffering: true,
  uncaught: true,
});

/**
 * Reads and checks options before anything is changed.
 * @throws {LoggingOptionError} When one cannot be used.
 */
export function resolveOptions(given: LoggingOptions): ResolvedOptions {
  checkObject('option', given, [...NAMES]);
  const options = { ...preset(given.preset), ...defined(given) };
  const { format = 'json', fields = {}, redact, errors, uncaught = true } = options;
  checkObject('fields', fields);
  if (redact !== undefined) checkRedact(redact);
  if (errors !== undefined) checkErrors(errors);
  checkFlag('uncaught', uncaught);
  // Checked even where no output uses it.
  formatterOf(format, 'format', undefined);
  const ours = format instanceof JsonFormatter;
  const winstonFormat = !ours && isWinstonFormat(format) ? format : undefined;
  // A winston format of the logger and a JsonFormatter run before the format of an output.
  const usual = ours || winstonFormat !== undefined ? 'json' : format;
  return {
    level: levelOf(options.level, 'level') ?? LEVELS.INFO,
    levels: options.levels === undefined ? [] : parseLevels(options.levels),
    winstonFormat,
    console: consoleOutput(options.console ?? true, usual),
    file: options.file === undefined ? undefined : fileOutput(options.file, usual),
    transports: transportsOf(options.transports ?? []),
    fields: { ...fields },
    callerFrom: callerFrom(options.caller ?? 'WARNING'),
    redact,
    errors,
    formatter: ours ? format : new JsonFormatter(),
    buffering: oneOf('buffering', options.buffering ?? 'tick', ['tick', 'line']),
    uncaught,
  };
}

function checkRedact(redact: RedactionPolicy): void {
  checkObject('redact', redact, [...POLICY_OPTIONS]);
  try {
    new Redactor(redact);
  } catch (error) {
    if (!(error instanceof RedactionOptionError)) throw error;
    const { option, expected } = error;
    const value = redact[option as keyof RedactionPolicy];
    // A value of `values` is a secret.
    const shown = option === 'values' && !Array.isArray(value) ? typeof value : value;
    throw new LoggingOptionError(`redact.${option}`, shown, [expected ?? 'a redaction policy']);
  }
}

function checkErrors(errors: ErrorOptions): void {
  checkObject('errors', errors, ['properties', 'causes']);
  const { properties = [], causes = 0 } = errors;
  const isList = Array.isArray(properties) && properties.every((one) => typeof one === 'string');
  if (properties !== 'all' && !isList) {
    throw new LoggingOptionError('errors.properties', properties, ['all', 'a list of names']);
  }
  if (!Number.isInteger(causes) || causes < 0 || causes > 9) {
    throw new LoggingOptionError('errors.causes', causes, ['an integer from 0 to 9']);
  }
}

function preset(name: Preset | undefined): LoggingOptions {
  if (name === undefined) return {};
  return PRESETS[oneOf('preset', name, Object.keys(PRESETS) as Preset[])];
}

function defined(options: LoggingOptions): LoggingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
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
