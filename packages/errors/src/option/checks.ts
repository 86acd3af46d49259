import { has, isAbortSignal, MAX_TIMER_MS, unknownOption } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { ConfigurationError } from '../error/classes.ts';
import { optionError } from './option-error.ts';

/** The range of {@link checkMs}. */
interface MsRange {
  /** The smallest duration in milliseconds; 1 by default. */
  readonly min?: number;
  /** The largest duration in milliseconds; that of a timer by default. */
  readonly max?: number;
  /** What the option belongs to, for the message. */
  readonly of?: string;
}

/**
 * Checks a duration.
 *
 * @param option Name of the option, for the message.
 * @param value The value that was given.
 * @param range The valid durations, and what the option belongs to.
 * @returns The duration.
 * @throws `CONFIG_INVALID_3002` for anything but a number in that range.
 */
export function checkMs(
  option: string,
  value: unknown,
  { min = 1, max = MAX_TIMER_MS, of }: MsRange = {},
): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw optionError(option, `a number of milliseconds from ${min} to ${max}`, value, { of });
}

/**
 * Checks an option that takes one of a few words.
 *
 * @param option Name of the option, for the message.
 * @param choices The valid words.
 * @param value The value that was given; a wrong word is shown.
 * @param of What the option belongs to, for the message.
 * @throws `CONFIG_INVALID_3002` for anything else.
 */
export function checkChoice(
  option: string,
  choices: readonly string[],
  value: unknown,
  of?: string,
): void {
  if (choices.includes(value as string)) return;
  throw optionError(option, `one of ${choices.join(', ')}`, value, { of, isChoice: true });
}

/**
 * Checks a number of things.
 *
 * @returns The number.
 * @throws `CONFIG_INVALID_3002` for anything but a whole number, 1 or more.
 */
export function checkWhole(option: string, value: unknown, of?: string): number {
  if (Number.isInteger(value) && (value as number) >= 1) return value as number;
  throw optionError(option, 'a whole number, 1 or more', value, { of });
}

/**
 * Checks a number above 0, `Infinity` included.
 *
 * @param expected Description of a valid value, with the unit.
 * @returns The number.
 * @throws `CONFIG_INVALID_3002` for anything else.
 */
export function checkPositive(
  option: string,
  expected: string,
  value: unknown,
  of?: string,
): number {
  if (typeof value === 'number' && value > 0) return value;
  throw optionError(option, expected, value, { of });
}

/**
 * Checks a signal that may be missing, and names the remedy for a controller in its place.
 *
 * @throws `CONFIG_INVALID_3002` for anything but an AbortSignal.
 */
export function checkSignal(option: string, value: unknown, of?: string): void {
  if (value === undefined || isAbortSignal(value)) return;
  const remedy = has(value, 'signal') ? 'Pass its `signal` property.' : undefined;
  throw optionError(option, 'an AbortSignal', value, { of, remedy });
}

/** Checks a boolean that may be missing: a string such as "false" would count as true. */
export function checkFlag(option: string, value: unknown, of?: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw optionError(option, 'true or false', value, { of });
}

/** Checks a string. */
export function checkString(option: string, value: unknown, of?: string): void {
  if (typeof value !== 'string') throw optionError(option, 'a string', value, { of });
}

/** Checks a function. */
export function checkFunction(option: string, value: unknown, of?: string): void {
  if (typeof value !== 'function') throw optionError(option, 'a function', value, { of });
}

/** Checks an object, such as the options of a call. */
export function checkObject(option: string, value: unknown, of?: string): void {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject) throw optionError(option, 'an object', value, { of });
}

/**
 * Checks that options are an object without unknown names, which would have no effect.
 *
 * @param of What they belong to, for the message, such as `runTask()`.
 * @param options The value that was given.
 * @param known The names that exist.
 * @throws `CONFIG_INVALID_3002` naming the option and, if it can be guessed, the one that was meant.
 */
export function checkNames(of: string, options: unknown, known: ReadonlySet<string>): void {
  checkObject('options', options, of);
  const unknown = unknownOption(of, options as object, known);
  if (unknown === undefined) return;
  const { message, option } = unknown;
  throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message, details: { option } });
}
