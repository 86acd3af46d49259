import { FrozenSet } from './freeze.ts';
import { load } from './load.ts';
import type { Settings, StockVariables } from './settings.ts';
import { stockProperties } from './stock.ts';

/** Where `loadSettings` reads from. */
export interface LoadOptions {
  /** Values that win over every other source; texts are coerced like any other. */
  readonly overrides?: { readonly [K in keyof StockVariables]?: StockVariables[K] | string };
  /** What to read instead of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Loads the stock settings anew, without the cache. */
export function loadSettings(options: LoadOptions = {}): Settings {
  return load(stockProperties, options, (values) => ({
    ENABLED_MODELS_SET: new FrozenSet(values['ENABLED_MODELS'] as string[]),
  })) as Settings;
}

/** `getSettings` and its cache control. */
export interface GetSettings {
  (): Settings;
  /** Forgets the cached settings: the next call loads again. */
  cacheClear(): void;
}

let cached: Settings | undefined;

function cachedSettings(): Settings {
  cached ??= loadSettings();
  return cached;
}

/** The stock settings, loaded on the first call and frozen. */
export const getSettings: GetSettings = Object.assign(cachedSettings, {
  cacheClear(): void {
    cached = undefined;
  },
});
