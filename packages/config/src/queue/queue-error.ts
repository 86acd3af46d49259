import { type BaseError, ErrorCode, ValidationError, type ValidationIssue } from '@map/errors';

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
  if (!data.every(survivesJson)) {
    return argumentError(
      `The data of a task of queue "${queue}" must survive JSON, without cycles and bigints.`,
      [],
      original,
    );
  }
  // Errors of Redis have their own name, errors of its connection a code.
  const isPlain = original instanceof Error && original.name === 'Error' && !('code' in original);
  if (error.code !== ErrorCode.REDIS_ERROR || !isPlain) return error;
  return argumentError(`BullMQ refused a task of queue "${queue}": ${error.message}`, [], original);
}

/** Whether a value can be stored as JSON. */
export function survivesJson(value: unknown): boolean {
  if (typeof value === 'string') return true;
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}
