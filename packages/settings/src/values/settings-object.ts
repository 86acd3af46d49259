import type { TSchema } from '@sinclair/typebox';
import { entrySchema, kindOf } from '../schema/kind.ts';
import { isSecret, Secret } from '../schema/secret.ts';
import { deepFreeze, define } from './freeze.ts';
import { maskValue } from './mask.ts';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Wraps secrets and freezes: validated plain data becomes what a program reads. */
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

/** The variables of a settings object that are secret without being a `Secret`. */
export function secretNamesOf(settings: object): ReadonlySet<string> {
  return secretNames.get(settings) ?? new Set();
}

/**
 * A frozen settings object that serializes and prints without secrets, also without those inside
 * URLs, which are plain texts to a program.
 */
export function settingsObject(
  values: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string>,
): object {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const secret = secrets.has(name) && !isSecret(value);
    if (secret || (typeof value === 'string' && maskValue(value) !== value)) {
      // console.dir calls no inspection of ours; of a getter it prints no value.
      Object.defineProperty(settings, name, { get: () => value, enumerable: true });
    } else {
      define(settings, name, value);
    }
  }
  const masked = (): Record<string, unknown> => {
    const shown: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(settings)) {
      define(shown, name, maskValue(value, secrets.has(name)));
    }
    return shown;
  };
  Object.defineProperty(settings, 'toJSON', { value: masked });
  Object.defineProperty(settings, INSPECT, { value: masked });
  secretNames.set(settings, secrets);
  return Object.freeze(settings);
}
