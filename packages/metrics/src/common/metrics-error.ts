import { redactText } from '@map/redaction';

/** The codes of this package's errors. */
export type MetricsErrorCode =
  | 'METRICS_DEFINITION_INVALID'
  | 'METRICS_LABEL_INVALID'
  | 'METRICS_VALUE_INVALID'
  | 'METRICS_PORT_IN_USE'
  | 'METRICS_SERVER_FAILED'
  | 'METRICS_OPTION_INVALID';

/**
 * An error of this package, with a `code`.
 *
 * @example
 * ```ts
 * import { MetricsError } from '@map/metrics';
 *
 * const error = new MetricsError('METRICS_VALUE_INVALID', 'The value must be a number.');
 * console.log(error.code);
 * ```
 */
export class MetricsError extends Error {
  readonly code: MetricsErrorCode;

  /**
   * @param code The kind of failure, for programs.
   * @param message The failure in a sentence, for people.
   * @param cause The underlying error, if there is one.
   */
  constructor(code: MetricsErrorCode, message: string, cause?: unknown) {
    // A wrong value may be a secret that stands in the wrong option.
    super(redactText(message), cause === undefined ? undefined : { cause });
    this.name = 'MetricsError';
    this.code = code;
  }
}
