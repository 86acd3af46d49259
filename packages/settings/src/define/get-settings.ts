import type { SettingsExplanation } from '../load/explain.ts';
import type { Settings, StockVariables } from '../stock/types.ts';
import {
  createDefinition,
  type GetSettings,
  type SettingsDefinition,
  type SettingsOptions,
} from './definition.ts';
import { makePlan } from './make-plan.ts';

/** The definition of the stock variables. */
export const stockSettings: SettingsDefinition<StockVariables, Settings> = createDefinition(
  makePlan({}, {}),
);

/**
 * Returns the stock settings, frozen and loaded on the first call.
 *
 * @returns The same object until `getSettings.cacheClear()`.
 * @throws ConfigurationError `CONFIG_INVALID_3002` or `CONFIG_MISSING_3001`, with all problems.
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
 * Loads the stock settings without using the cache.
 *
 * @param options Where to read from, and what happens to unknown variables.
 * @returns Frozen settings.
 * @throws ConfigurationError `CONFIG_INVALID_3002` or `CONFIG_MISSING_3001`, with all problems.
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
 * Explains where the value of each stock variable comes from and what it shadows, without secrets.
 *
 * @param options The options of `loadSettings`.
 * @returns The explanation, also of wrong values; `String(explanation)` is a table.
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
