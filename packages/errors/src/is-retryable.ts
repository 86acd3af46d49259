import { convertException } from './convert-exception.ts';
import { isBaseError } from './is-base-error.ts';

/**
 * Says whether trying again may help.
 *
 * @param error - An own error, or anything that `convertException` recognises.
 */
export function isRetryable(error: unknown): boolean {
  return (isBaseError(error) ? error : convertException(error)).retryable;
}
