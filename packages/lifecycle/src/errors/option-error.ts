import { ConfigurationError, ErrorCode } from '@map/errors';

/**
 * Makes the error for an option that cannot be used: "`option` must be Z, got Y."
 *
 * @param option Name of the option.
 * @param expected Description of a valid value.
 * @param got The value that was given.
 * @param remedy A further sentence, where one helps.
 */
export function optionError(
  option: string,
  expected: string,
  got: unknown,
  remedy = '',
): ConfigurationError {
  const message = `\`${option}\` must be ${expected}, got ${kindOf(got)}.`;
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: remedy === '' ? message : `${message} ${remedy}`,
    details: { option },
  });
}

/** Numbers are shown; anything else may hold a secret, so only its kind is. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
  }
  return `a ${typeof value}`;
}
