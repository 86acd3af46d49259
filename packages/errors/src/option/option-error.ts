import { redactText } from '@map/redaction';
import { describeValue } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { ConfigurationError } from '../error/classes.ts';

/** Further parts of the message. */
export interface OptionErrorParts {
  /** What the option belongs to, such as `retry()`. */
  readonly of?: string | undefined;
  /** A further sentence, where one helps. */
  readonly remedy?: string | undefined;
  /** Whether the option takes one of a few words: then a wrong word is shown. It cannot be a secret. */
  readonly isChoice?: boolean | undefined;
}

/**
 * Makes the error for an option that cannot be used: "`option` of X must be Z, got Y."
 *
 * @param option Name of the option.
 * @param expected Description of a valid value.
 * @param got The value that was given; one that may be a secret is not shown.
 */
export function optionError(
  option: string,
  expected: string,
  got: unknown,
  { of, remedy, isChoice }: OptionErrorParts = {},
): ConfigurationError {
  const owner = of === undefined ? '' : ` of ${of}`;
  const hint = remedy === undefined ? '' : ` ${remedy}`;
  const given = isChoice && isWord(got) ? `"${got}"` : describeValue(got);
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`${option}\`${owner} must be ${expected}, got ${given}.${hint}`,
    details: { option },
  });
}

/** A name as choices have, which redaction does not change. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,24}$/.test(value) && redactText(value) === value;
}
