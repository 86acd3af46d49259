import { type LevelInput, parseLevel } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';

/** Throws unless a value is an object, and with `names` one without other members. */
export function checkObject(option: string, value: unknown, names?: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LoggingOptionError(option, value, ['an object']);
  }
  for (const name of names === undefined ? [] : Object.keys(value)) {
    if (!names?.includes(name)) throw new LoggingOptionError(option, name, names ?? []);
  }
}

/** Throws unless a value is true, false or missing. */
export function checkFlag(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new LoggingOptionError(option, value, ['true', 'false']);
  }
}

/** Returns the value. Throws unless it is one of the allowed values. */
export function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw new LoggingOptionError(option, value, allowed);
  return value;
}

/** Reads a level that may be missing. */
export function levelOf(value: LevelInput | undefined, option: string): number | undefined {
  return value === undefined ? undefined : parseLevel(value, option);
}
