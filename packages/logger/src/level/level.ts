import { LoggingOptionError } from './option-error.ts';

/** The levels by their numbers: Python's scale with npm's in between. */
export const LEVELS: Readonly<Record<LevelName, number>> = Object.freeze({
  TRACE: 5,
  DEBUG: 10,
  VERBOSE: 15,
  HTTP: 17,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
});

/** A level as it stands in a log line. */
export type LevelName =
  | 'TRACE'
  | 'DEBUG'
  | 'VERBOSE'
  | 'HTTP'
  | 'INFO'
  | 'WARNING'
  | 'ERROR'
  | 'CRITICAL';

/**
 * A level as it may be given: any of the names of Python, npm and syslog in either case, or OFF.
 * Any string is accepted, such as one from the environment, and checked at run time.
 */
export type LevelInput =
  | LevelName
  | Lowercase<LevelName>
  | LevelAlias
  | Uppercase<LevelAlias>
  | (string & {});

type LevelAlias =
  | 'silly'
  | 'notice'
  | 'warn'
  | 'fatal'
  | 'crit'
  | 'alert'
  | 'emerg'
  | 'off'
  | 'silent'
  | 'notset';

/** The number that no line reaches. */
export const OFF = 100;

const ALIASES: Readonly<Record<Uppercase<LevelAlias>, number>> = {
  SILLY: LEVELS.TRACE,
  NOTSET: 0,
  NOTICE: LEVELS.INFO,
  WARN: LEVELS.WARNING,
  CRIT: LEVELS.CRITICAL,
  ALERT: LEVELS.CRITICAL,
  EMERG: LEVELS.CRITICAL,
  FATAL: LEVELS.CRITICAL,
  OFF,
  SILENT: OFF,
};

const NAMES = Object.keys(LEVELS) as LevelName[];

/** Every name of a level that is understood, in upper case; case makes no difference. */
export const LEVEL_NAMES: readonly string[] = Object.freeze([...NAMES, ...Object.keys(ALIASES)]);

const BY_NAME: ReadonlyMap<string, number> = new Map([
  ...Object.entries(LEVELS),
  ...Object.entries(ALIASES),
]);

/** npm's name of each level, as winston's transports and formats receive it. */
export const WINSTON_NAMES: Readonly<Record<LevelName, string>> = {
  TRACE: 'silly',
  DEBUG: 'debug',
  VERBOSE: 'verbose',
  HTTP: 'http',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'critical',
};

/** The number of a level's name, or undefined when no such level exists. */
export function levelNumber(name: unknown): number | undefined {
  return typeof name === 'string' ? BY_NAME.get(name.trim().toUpperCase()) : undefined;
}

/** The name of a number in a log line: that of the nearest level at or below it. */
export function levelName(number: number): LevelName {
  let found: LevelName = 'TRACE';
  for (const name of NAMES) if (LEVELS[name] <= number) found = name;
  return found;
}

/**
 * Reads the name of a level.
 * @throws {LoggingOptionError} When no such level exists.
 */
export function parseLevel(value: unknown, option: string): number {
  const number = levelNumber(value);
  if (number === undefined) throw new LoggingOptionError(option, value, LEVEL_NAMES);
  return number;
}
