import { badArgument, invalid } from './coded.ts';

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
