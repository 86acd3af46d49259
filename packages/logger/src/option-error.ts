/**
 * An option of `setupLogging` that cannot be used; names the option, the value and what is allowed.
 * @example
 * ```ts no-run
 * setupLogging({ level: 'LOUD' }); // level: no such value "LOUD"; allowed: TRACE, DEBUG, …
 * ```
 */
export class LoggingOptionError extends TypeError {
  readonly code: 'LOGGING_OPTION_INVALID' = 'LOGGING_OPTION_INVALID';
  /** The option's name, with its path: `file.rotate.sizeBytes`. */
  readonly option: string;
  /** What may be given instead. */
  readonly allowed: readonly string[];

  constructor(option: string, value: unknown, allowed: readonly string[]) {
    super(`${option}: no such value ${show(value)}; allowed: ${allowed.join(', ')}`);
    this.name = 'LoggingOptionError';
    this.option = option;
    this.allowed = allowed;
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'array' : 'object';
  return String(value);
}
