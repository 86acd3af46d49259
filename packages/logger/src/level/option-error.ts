import { redactText } from '@map/redaction';
import { closest, describeValue } from '@map/redaction/kernel';

/**
 * An option of this package that cannot be used; names the option, the value and the valid values.
 * @example
 * ```ts
 * import { LoggingOptionError, setupLogging } from '@map/logger';
 *
 * try {
 *   setupLogging({ level: 'LOUD' });
 * } catch (error) {
 *   console.log(error instanceof LoggingOptionError); // true
 * }
 * ```
 */
export class LoggingOptionError extends TypeError {
  readonly code: 'LOGGING_OPTION_INVALID' = 'LOGGING_OPTION_INVALID';
  /** The option's name, with its path: `file.rotate.sizeBytes`. */
  readonly option: string;
  /** The values that are valid. */
  readonly allowed: readonly string[];

  /**
   * @param option The option's name, with its path.
   * @param value The value it had.
   * @param allowed The valid values, or a description of them.
   */
  constructor(option: string, value: unknown, allowed: readonly string[]) {
    const valid = allowed.length > 1 ? `one of ${allowed.join(', ')}` : allowed.join('');
    const meant = typeof value === 'string' ? closest(value, allowed.filter(isWord)) : undefined;
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    // A wrong value may be a secret that stands in the wrong option.
    super(redactText(`\`${option}\` must be ${valid}, got ${show(value)}.${hint}`));
    this.name = 'LoggingOptionError';
    this.option = option;
    this.allowed = allowed;
  }
}

/** Whether a valid value is the value itself, not a description of it. */
function isWord(text: string): boolean {
  return /^\w+$/.test(text);
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : describeValue(value);
}
