import { ConfigurationError, ErrorCode } from '@map/errors';

/**
 * Refuses options that only a caller without types can give.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and what it takes.
 */
export function checkOptions(options: {
  readonly settings?: unknown;
  readonly extend?: unknown;
  readonly stepTimeoutsMs?: object;
}): void {
  const { settings, extend, stepTimeoutsMs = {} } = options;
  const getSettings = (settings as { getSettings?: unknown } | null | undefined)?.getSettings;
  if (settings !== undefined && ![settings, getSettings].some(isFunction)) {
    throw invalid('settings', 'Give what defineSettings() returns, or a function.');
  }
  if (extend !== undefined && !isFunction(extend)) throw invalid('extend', 'Give a function.');
  for (const [step, limit] of Object.entries(stepTimeoutsMs)) {
    if (limit === undefined || limit > 0) continue;
    throw invalid(`stepTimeoutsMs["${step}"]`, `It is ${limit}; use milliseconds above 0.`);
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function invalid(option: string, remedy: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `The option "${option}" of initializeConfig() cannot be used. ${remedy}`,
    details: { option },
  });
}
