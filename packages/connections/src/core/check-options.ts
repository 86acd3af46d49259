import type { BaseError } from '@map/errors/core';
import { optionError } from '@map/errors/kernel';
import {
  describeValue,
  isAbortSignal,
  isArray,
  MAX_TIMER_MS,
  read,
  unknownOption,
} from '@map/redaction/kernel';
import { argumentError, configError } from './errors.ts';
import type { Bounds } from './scope.ts';

/** Largest accepted number of connections, callers or retries. */
const mostItems = 1_000_000;

type MakeError = (message: string, details?: Record<string, unknown>) => BaseError;

/**
 * Checks that options are an object that has no other members than the known ones.
 *
 * @param where - What they belong to, for the message, such as `redis connection "redis"`.
 * @param known - Names of the options.
 * @param remedies - What to use instead, for names that people bring from elsewhere.
 * @throws BaseError `CONFIG_INVALID_3002` if they cannot be used.
 */
export function checkOptions(
  where: string,
  options: unknown,
  known: ReadonlySet<string>,
  remedies: Readonly<Record<string, string>> = {},
): void {
  checkObject(where, options, known, remedies, configError);
}

/**
 * Checks the options of a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` if they cannot be used.
 */
export function checkCallOptions(options: unknown, known: ReadonlySet<string>): void {
  if (options !== undefined) checkObject('this call', options, known, callRemedies, argumentError);
}

const callRemedies = { timeout: 'timeoutMs' };

function checkObject(
  where: string,
  options: unknown,
  known: ReadonlySet<string>,
  remedies: Readonly<Record<string, string>>,
  makeError: MakeError,
): asserts options is object {
  if (typeof options !== 'object' || options === null || isArray(options)) {
    throw makeError(`\`options\` of ${where} must be an object, got ${describeValue(options)}.`);
  }
  const unknown = unknownOption(where, options, known, remedies);
  if (unknown !== undefined) throw makeError(unknown.message, { option: unknown.option });
}

/**
 * Checks a duration among options.
 *
 * @returns The duration, in milliseconds.
 * @throws BaseError `CONFIG_INVALID_3002` unless it is from 1 to 2,147,483,647 milliseconds.
 */
export function checkMs(where: string, option: string, value: unknown): number {
  if (isMs(value)) return value;
  const range = `from 1 to ${MAX_TIMER_MS} milliseconds`;
  throw optionError(option, range, value, { of: where });
}

/**
 * Checks an integer among options.
 *
 * @param least - The smallest value that is valid.
 * @param most - The largest one.
 * @throws BaseError `CONFIG_INVALID_3002` unless it is an integer in that range.
 */
export function checkInteger(
  where: string,
  option: string,
  value: unknown,
  least: number,
  most: number = mostItems,
): number {
  if (Number.isSafeInteger(value)) {
    const number = value as number;
    if (number >= least && number <= most) return number;
  }
  throw optionError(option, `an integer from ${least} to ${most}`, value, { of: where });
}

/**
 * Checks the type of an option that may be omitted; its value, which may be a secret, is not shown.
 *
 * @param expected - Description of a valid value, used in the message.
 * @throws BaseError `CONFIG_INVALID_3002` if it is present and not valid.
 */
export function checkType(
  where: string,
  option: string,
  value: unknown,
  isValid: (value: unknown) => boolean,
  expected: string,
): void {
  if (value === undefined || value === null || isValid(value)) return;
  throw optionError(option, expected, value, { of: where });
}

/**
 * Checks that a URL names a port that can be reached; no other part of it is shown.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for port 0: each attempt to connect would fail.
 */
export function checkPort(where: string, option: string, { port }: URL): void {
  if (port !== '0') return;
  throw configError(`The port in \`${option}\` of ${where} must be from 1 to 65535, got 0.`, {
    option,
  });
}

/**
 * Checks that an object has certain methods.
 *
 * @throws BaseError `CONFIG_INVALID_3002` if it is not an object, or one of them is missing.
 */
export function checkMethods(where: string, value: unknown, methods: readonly string[]): void {
  if (typeof value !== 'object' || value === null) {
    throw configError(`${where} must be an object, got ${describeValue(value)}.`);
  }
  for (const method of methods) {
    const found = read(value, method);
    if (typeof found !== 'function') throw optionError(method, 'a function', found, { of: where });
  }
}

/**
 * Checks a duration given to a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` unless it is from 1 to 2,147,483,647 milliseconds.
 */
export function checkTimeout(value: unknown): number {
  if (isMs(value)) return value;
  throw argumentError(
    `\`timeoutMs\` must be from 1 to ${MAX_TIMER_MS} milliseconds, got ${describeValue(value)}.`,
  );
}

const boundsOptions: ReadonlySet<string> = new Set(['signal', 'timeoutMs']);
const noBounds: Bounds = {};

/**
 * Checks the bounds of a call.
 *
 * @param known - Names of all options of the call.
 * @throws BaseError `VALIDATION_ERROR_3500` for an unknown option, a limit or a signal that cannot
 * be used.
 */
export function checkBounds<O extends Bounds>(
  options: O | undefined,
  known: ReadonlySet<string> = boundsOptions,
): O | Bounds {
  if (options === undefined || options === null) return noBounds;
  checkCallOptions(options, known);
  if (options.timeoutMs !== undefined) checkTimeout(options.timeoutMs);
  if (options.signal !== undefined) checkSignal(options.signal);
  return options;
}

/**
 * Checks the signal of a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` unless it is an AbortSignal.
 */
export function checkSignal(
  signal: unknown,
  name: string = 'signal',
): asserts signal is AbortSignal {
  if (isAbortSignal(signal)) return;
  if (signal instanceof AbortController) {
    throw argumentError(`\`${name}\` must be an AbortSignal, got its controller: use \`.signal\`.`);
  }
  throw argumentError(`\`${name}\` must be an AbortSignal, got ${describeValue(signal)}.`);
}

/**
 * Checks a function given to a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` unless it is one.
 */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw argumentError(`\`${name}\` must be a function, got ${describeValue(value)}.`);
}

/**
 * Checks a boolean argument that may be missing.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` for another value.
 */
export function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw argumentError(`\`${name}\` must be true or false, got ${describeValue(value)}.`);
}

/** Whether a value is a string. */
export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a value can be revealed as a secret. */
export function isSecretLike(value: unknown): boolean {
  if (isString(value)) return true;
  return typeof read(value, 'reveal') === 'function';
}

function isMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && value <= MAX_TIMER_MS;
}
