import { isSecret, Secret } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import { entrySchema, kindOf } from '../schema/kind.ts';
import { displayText, displayUnknown, mask } from './display.ts';
import { deepFreeze, define } from './freeze.ts';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Wraps the secrets in validated plain data, and freezes it. */
export function materialize(schema: TSchema, value: unknown): unknown {
  return deepFreeze(wrapSecrets(schema, value));
}

function wrapSecrets(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'string') return kindOf(schema) === 'secret' ? new Secret(value) : value;
  if (Array.isArray(value)) {
    const items = schema['items'] as TSchema | undefined;
    if (items === undefined || Array.isArray(items)) return value;
    const wrapped = value.map((item) => wrapSecrets(items, item));
    return kindOf(schema) === 'set' ? new Set(wrapped) : wrapped;
  }
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const entry = entrySchema(schema, name);
    define(copy, name, entry === undefined ? item : wrapSecrets(entry, item));
  }
  return copy;
}

const secretNames = new WeakMap<object, ReadonlySet<string>>();

/** The variables of a settings object whose plain values are secret. */
export function secretNamesOf(settings: object): ReadonlySet<string> {
  return secretNames.get(settings) ?? new Set();
}

/**
 * A frozen settings object. JSON and `util.inspect` show it without secrets, also without those
 * inside URLs, which are plain strings to a program.
 */
export function settingsObject(
  values: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string>,
): object {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const secret = secrets.has(name) && !isSecret(value);
    if (secret || (typeof value === 'string' && mayContainCredentials(value))) {
      // console.dir does not call the inspect method below, and prints no value of a getter.
      Object.defineProperty(settings, name, { get: () => value, enumerable: true });
    } else {
      define(settings, name, value);
    }
  }
  const masked = (): Record<string, unknown> => {
    const shown: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(settings)) {
      const isHidden = secrets.has(name) && !isSecret(value);
      define(shown, name, isHidden ? mask(value) : displayUnknown(name, value));
    }
    return shown;
  };
  Object.defineProperty(settings, 'toJSON', { value: masked });
  Object.defineProperty(settings, INSPECT, { value: masked });
  secretNames.set(settings, secrets);
  return Object.freeze(settings);
}

/** Whether a string has a credential inside; only URLs are checked, since this runs on every load. */
function mayContainCredentials(text: string): boolean {
  return text.includes('://') && displayText(text) !== text;
}
