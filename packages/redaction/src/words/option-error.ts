import { describeValue } from './describe-value.ts';

/**
 * An argument or option of this package that cannot be used. The message names it, what it must be,
 * and the type of what it was: a value may be a secret.
 * @example
 * ```ts
 * import { RedactionOptionError, setRedaction } from '@map/redaction';
 *
 * try {
 *   setRedaction({ patterns: 'secret' as never });
 * } catch (error) {
 *   console.log(error instanceof RedactionOptionError && error.option); // patterns
 * }
 * ```
 */
export class RedactionOptionError extends TypeError {
  readonly code: 'REDACTION_OPTION_INVALID' = 'REDACTION_OPTION_INVALID';
  /** The name of the argument or option. */
  readonly option: string;
  /** What it must be; `undefined` if there is no such option. */
  readonly expected: string | undefined;

  /**
   * @param option The name of the argument or option.
   * @param message The whole sentence.
   * @param expected What it must be.
   */
  constructor(option: string, message: string, expected?: string) {
    super(message);
    this.name = 'RedactionOptionError';
    this.option = option;
    this.expected = expected;
  }
}

/**
 * Returns the error for an option with a wrong value.
 * @param got The value. Use {@link mustBe} if it may be a secret.
 */
export function invalidOption(
  option: string,
  expected: string,
  got: unknown,
): RedactionOptionError {
  return mustBe(option, expected, describeValue(got));
}

/** Returns the error for an option whose value may be a secret: only its description is shown. */
export function mustBe(option: string, expected: string, got?: string): RedactionOptionError {
  const tail = got === undefined ? '' : `, got ${got}`;
  return new RedactionOptionError(option, `\`${option}\` must be ${expected}${tail}.`, expected);
}
