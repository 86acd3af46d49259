import { badArgument, invalid } from './coded.ts';
import type { Bounds } from './scope.ts';

/** Longest delay that a timer of Node can hold. */
const longestMs = 2_147_483_647;

/**
 * Checks a duration in the settings.
 *
 * @throws BaseError `CONFIG_INVALID_3002` unless it is from 1 to 2,147,483,647 milliseconds.
 */
export function checkMs(where: string, setting: string, value: number): number {
  if (typeof value === 'number' && value >= 1 && value <= longestMs) return value;
  throw invalid(
    `${setting} of ${where} is ${String(value)}: use milliseconds from 1 to ${longestMs}.`,
    { setting },
  );
}

/**
 * Checks a whole number in the settings.
 *
 * @throws BaseError `CONFIG_INVALID_3002` unless it is whole and not below the least.
 */
export function checkInteger(where: string, setting: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(`${setting} of ${where} is ${String(value)}: use a whole number from ${least}.`, {
    setting,
  });
}

/**
 * Checks a duration given to a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` unless it is from 1 to 2,147,483,647 milliseconds.
 */
export function checkTimeout(name: string, value: number): number {
  if (typeof value === 'number' && value >= 1 && value <= longestMs) return value;
  throw badArgument(`${name} is ${String(value)}: use milliseconds from 1 to ${longestMs}.`);
}

/**
 * Checks what bounds a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` for a limit or a signal that is none.
 */
export function checkBounds<O extends Bounds>(options: O | undefined): O | Bounds {
  if (options === undefined || options === null) return unbounded;
  if (typeof options !== 'object') {
    throw badArgument(
      `The options are ${typeof options}: use an object, e.g. { timeoutMs: 1000 }.`,
    );
  }
  if (options.timeoutMs !== undefined) checkTimeout('timeoutMs', options.timeoutMs);
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw badArgument('The signal is none: use that of an AbortController.');
  }
  return options;
}

const unbounded: Bounds = {};

/**
 * Checks a function given to a call.
 *
 * @throws BaseError `VALIDATION_ERROR_3500` unless it is one.
 */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function')
    throw badArgument(`The ${name} is ${kindOf(value)}: use a function.`);
}

/**
 * Checks the settings of a connection or a manager as a whole, and those of them that are methods.
 *
 * @throws BaseError `CONFIG_INVALID_3002` unless they are an object with these methods.
 */
export function checkSettings(
  where: string,
  value: unknown,
  methods: readonly string[] = [],
): void {
  if (typeof value !== 'object' || value === null) {
    throw invalid(`The settings of ${where} are ${kindOf(value)}: use an object.`);
  }
  for (const method of methods) {
    if (typeof (value as Record<string, unknown>)[method] === 'function') continue;
    throw invalid(`${method} of ${where} is missing or no function.`, { setting: method });
  }
}

/**
 * Checks the kind of a setting that may be left out; its value, which may be a secret, is not shown.
 *
 * @param use - What it should be, for the message.
 * @throws BaseError `CONFIG_INVALID_3002` when it is there and does not fit.
 */
export function checkKind(
  where: string,
  setting: string,
  value: unknown,
  fits: (value: unknown) => boolean,
  use: string,
): void {
  if (value === undefined || value === null || fits(value)) return;
  throw invalid(`${setting} of ${where} is ${kindOf(value)}: use ${use}.`, { setting });
}

/** Whether a value is a text. */
export function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
