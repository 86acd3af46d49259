import { ConfigurationError, ErrorCode, ValidationError, type ValidationIssue } from '@map/errors';

/** Makes the error of an option that cannot be used. */
export function optionError(option: string, expected: string, got: unknown): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`${option}\` must be ${expected}, got ${shown(got)}.`,
    details: { option },
  });
}

/** Makes the error of an argument that cannot be used. */
export function argumentError(
  message: string,
  issues: readonly ValidationIssue[] = [],
): ValidationError {
  return new ValidationError({
    code: ErrorCode.VALIDATION_ERROR,
    message,
    ...(issues.length > 0 && { details: { issues } }),
  });
}

/** A value in a message: only what can be no secret. */
export function shown(value: unknown): string {
  const isPlain = ['number', 'boolean', 'undefined'].includes(typeof value) || value === null;
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}
