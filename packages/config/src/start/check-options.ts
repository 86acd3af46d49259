import { ConfigurationError, ErrorCode } from '@map/errors';
import { WARM_UP_PARTS } from '../wiring/warm-up.ts';

/**
 * Checks the options that only a caller without types can get wrong.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function checkOptions(options: {
  readonly settings?: unknown;
  readonly extend?: unknown;
  readonly stepTimeoutsMs?: object;
  readonly warmUp?: unknown;
}): void {
  const { settings, extend, stepTimeoutsMs = {}, warmUp = false } = options;
  const getSettings = (settings as { getSettings?: unknown } | null | undefined)?.getSettings;
  if (settings !== undefined && ![settings, getSettings].some(isFunction)) {
    throw invalid('settings', 'the result of defineSettings(), or a function', settings);
  }
  if (extend !== undefined && !isFunction(extend)) throw invalid('extend', 'a function', extend);
  const parts: readonly unknown[] = WARM_UP_PARTS;
  const isList = Array.isArray(warmUp) && warmUp.every((part) => parts.includes(part));
  if (typeof warmUp !== 'boolean' && !isList) {
    throw invalid('warmUp', `true, false or a list of ${parts.join(', ')}`, warmUp);
  }
  for (const [step, limit] of Object.entries(stepTimeoutsMs)) {
    if (limit === undefined || (typeof limit === 'number' && limit > 0)) continue;
    throw invalid(`stepTimeoutsMs["${step}"]`, 'a number of milliseconds above 0', limit);
  }
}

/** Makes the error of options that are not an object. */
export function notAnObject(options: unknown): ConfigurationError {
  return invalid('options', 'an object', options);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function invalid(option: string, expected: string, got: unknown): ConfigurationError {
  const shown =
    typeof got === 'number' || got === null ? String(got) : `a value of type ${typeof got}`;
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`${option}\` of initializeConfig() must be ${expected}, got ${shown}.`,
    details: { option },
  });
}
