import { type BaseError, ErrorCode, ValidationError, type ValidationIssue } from '@map/errors';
import { type JsonLoss, jsonLoss, lossText } from './json-loss.ts';

/** Tells what to do about a value that JSON would change. */
export const LOSS_REMEDY =
  'Pass plain objects, arrays, strings, finite numbers, booleans and null, such as a date as an ISO string.';

/** Makes the error of an argument that cannot be used. */
export function argumentError(
  message: string,
  issues: readonly ValidationIssue[] = [],
  originalError?: unknown,
): ValidationError {
  return new ValidationError({
    code: ErrorCode.VALIDATION_ERROR,
    message,
    ...(originalError !== undefined && { originalError }),
    ...(issues.length > 0 && { details: { issues } }),
  });
}

/**
 * Tells why tasks could not be added: their data does not survive JSON, BullMQ refused an option, or
 * the error as it is.
 */
export function refusalOf(error: BaseError, queue: string, data: readonly unknown[]): BaseError {
  if (error.code === ErrorCode.REDIS_UNAVAILABLE) return error;
  const original = error.originalError;
  const loss = data.map(jsonLoss).find((one) => one !== undefined);
  // It has changed since it was checked.
  if (loss !== undefined) return lossError(`a task of queue "${queue}"`, loss, original);
  if (error.code !== ErrorCode.REDIS_ERROR || !isOfBullmq(original)) return error;
  return argumentError(`BullMQ refused a task of queue "${queue}": ${error.message}`, [], original);
}

/**
 * Whether BullMQ itself refused: errors of Redis have their own name, those of its connection a code
 * in words. The scripts of BullMQ answer with negative numbers.
 */
function isOfBullmq(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'Error') return false;
  return !('code' in error) || (typeof error.code === 'number' && error.code < 0);
}

/** Makes the error of data that JSON would change. */
export function lossError(of: string, loss: JsonLoss, originalError?: unknown): ValidationError {
  const { path, what } = loss;
  const message = `The data of ${of} must survive JSON: ${lossText(loss)}. ${LOSS_REMEDY}`;
  return argumentError(message, [{ path, message: `The value ${what}` }], originalError);
}
