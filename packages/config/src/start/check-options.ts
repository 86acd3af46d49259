import { checkFunction, checkObject, optionError } from '@map/errors/kernel';
import { WARM_UP_PARTS } from '../wiring/warm-up.ts';

/** The owner of the options in messages. */
const OF = 'initializeConfig()';

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
  checkObject('options', options, OF);
  const { settings, extend, stepTimeoutsMs = {}, warmUp = false } = options;
  const getSettings = (settings as { getSettings?: unknown } | null | undefined)?.getSettings;
  if (
    settings !== undefined &&
    typeof settings !== 'function' &&
    typeof getSettings !== 'function'
  ) {
    const expected = 'the result of defineSettings(), or a function';
    throw optionError('settings', expected, settings, { of: OF });
  }
  if (extend !== undefined) checkFunction('extend', extend, OF);
  const parts: readonly unknown[] = WARM_UP_PARTS;
  const isList = Array.isArray(warmUp) && warmUp.every((part) => parts.includes(part));
  if (typeof warmUp !== 'boolean' && !isList) {
    const expected = `true, false or a list of ${parts.join(', ')}`;
    throw optionError('warmUp', expected, warmUp, { of: OF });
  }
  for (const [step, limit] of Object.entries(stepTimeoutsMs)) {
    if (limit === undefined || (typeof limit === 'number' && limit > 0)) continue;
    const expected = 'a number of milliseconds above 0';
    throw optionError(`stepTimeoutsMs["${step}"]`, expected, limit, { of: OF });
  }
}
