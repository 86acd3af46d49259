import type { SettingsExplanation } from '../load/explain.ts';
import type { Settings, StockVariables } from '../stock/types.ts';
import {
  createDefinition,
  type GetSettings,
  type SettingsDefinition,
  type SettingsOptions,
} from './definition.ts';
import { makePlan } from './make-plan.ts';

/** The stock variables, as `defineSettings` gives a user's own. */
export const stockSettings: SettingsDefinition<StockVariables, Settings> = createDefinition(
  makePlan({}, {}),
);

/**
 * Gives the stock settings, loaded on the first call and frozen.
 *
 * @returns The same object until `getSettings.cacheClear()`.
 * @throws ConfigurationError with every problem at once.
 *
 * @example
 * ```ts
 * import { getSettings } from '@map/settings';
 *
 * getSettings().METRICS_PORT; // 9090
 * ```
 */
export const getSettings: GetSettings<Settings> = stockSettings.getSettings;

/**
 * Loads the stock settings anew, without the cache.
 *
 * @param options Where to read from, and how strictly.
 * @returns Frozen settings.
 * @throws ConfigurationError with every problem at once.
 *
 * @example
 * ```ts
 * import { loadSettings } from '@map/settings';
 *
 * loadSettings({ overrides: { WORKER_COUNT: 8 } }).WORKER_COUNT; // 8
 * ```
 */
export function loadSettings(options: SettingsOptions<StockVariables> = {}): Settings {
  return stockSettings.loadSettings(options);
}

/**
 * Says of each stock variable where its value comes from and what that shadowed; never a secret.
 *
 * @param options The same as `loadSettings` takes.
 * @returns An explanation, also of wrong settings; `String(explanation)` is a table.
 *
 * @example
 * ```ts
 * import { explainSettings } from '@map/settings';
 *
 * const { settings } = explainSettings({ env: { LOG_LEVEL: 'DEBUG' } });
 * settings.find(({ name }) => name === 'LOG_LEVEL')?.from; // 'environment'
 * ```
 */
export function explainSettings(
  options: SettingsOptions<StockVariables> = {},
): SettingsExplanation {
  return stockSettings.explainSettings(options);
}
