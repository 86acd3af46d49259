import { getSettings, type Settings } from '@map/settings';
import { holder } from './current.ts';

/** The settings of the running configuration; before and without one, the cached stock settings. */
function current(): object {
  return (holder().config?.settings as object | undefined) ?? getSettings();
}

/**
 * The settings, loaded on the first look at one of them.
 *
 * Names and values are those of `config.settings`, so that any module can import them.
 *
 * @example
 * ```ts
 * import { settings } from '@map/config';
 *
 * console.log(settings.APP_NAME);
 * ```
 */
export const settings: Settings = new Proxy({} as Settings, {
  get: (_target, key) => Reflect.get(current(), key),
  has: (_target, key) => Reflect.has(current(), key),
  ownKeys: () => Reflect.ownKeys(current()),
  getOwnPropertyDescriptor: (_target, key) => {
    const found = Reflect.getOwnPropertyDescriptor(current(), key);
    // A proxy may show only configurable properties that its target does not have.
    return found && { ...found, configurable: true };
  },
  getPrototypeOf: () => Reflect.getPrototypeOf(current()),
  set: (_target, key, value) => Reflect.set(current(), key, value),
  deleteProperty: (_target, key) => Reflect.deleteProperty(current(), key),
  defineProperty: () => false,
});
