import { getSettings, type Settings } from '@map/settings';
import { current } from '../support/current.ts';

/** The settings of the running configuration; without one, the cached stock settings. */
function loaded(): object {
  return current().config?.settings ?? getSettings();
}

/**
 * The settings, loaded when one of them is first read.
 *
 * They are those of `config.settings`, so that any module can import them.
 *
 * @example
 * ```ts
 * import { settings } from '@map/config';
 *
 * console.log(settings.APP_NAME);
 * ```
 */
export const settings: Settings = new Proxy({} as Settings, {
  get: (_target, key) => Reflect.get(loaded(), key),
  has: (_target, key) => Reflect.has(loaded(), key),
  ownKeys: () => Reflect.ownKeys(loaded()),
  getOwnPropertyDescriptor: (_target, key) => {
    const found = Reflect.getOwnPropertyDescriptor(loaded(), key);
    // A proxy may show only configurable properties that its target does not have.
    return found && { ...found, configurable: true };
  },
  getPrototypeOf: () => Reflect.getPrototypeOf(loaded()),
  set: (_target, key, value) => Reflect.set(loaded(), key, value),
  deleteProperty: (_target, key) => Reflect.deleteProperty(loaded(), key),
  defineProperty: () => false,
});
