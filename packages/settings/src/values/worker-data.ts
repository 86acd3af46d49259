import { optionError } from '@map/errors/kernel';
import { isSecret, Secret } from '@map/redaction';
import { deepFreeze } from './freeze.ts';
import { secretNamesOf, settingsObject } from './settings-object.ts';

const TAG = '@map/settings/Secret';

/** Settings as data that survives a structured clone, with the secrets in the clear. */
export interface WorkerSettings<T> {
  readonly format: '@map/settings';
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  /** Only for types: the result of `fromWorkerData`. */
  readonly settings?: T;
}

/**
 * Converts settings to plain data for `workerData` or `postMessage`, which would drop secrets.
 *
 * @param settings Loaded settings.
 * @returns Data with the secrets in the clear: do not print it.
 *
 * @example
 * ```ts
 * import { fromWorkerData, getSettings, toWorkerData } from '@map/settings';
 *
 * // new Worker(file, { workerData: toWorkerData(getSettings()) }), and in the worker:
 * const settings = fromWorkerData(structuredClone(toWorkerData(getSettings())));
 * settings.OPENAI_API_KEY.reveal();
 * ```
 */
export function toWorkerData<T extends object>(settings: T): WorkerSettings<T> {
  const values = pack({ ...settings }) as Record<string, unknown>;
  return { format: '@map/settings', values, secrets: [...secretNamesOf(settings)] };
}

/**
 * Restores settings from the result of `toWorkerData`: frozen, with their secrets.
 *
 * @param data The data that the worker received.
 * @returns Settings equal to the original ones.
 * @throws `CONFIG_INVALID_3002` if `data` is not the result of `toWorkerData`.
 *
 * @example
 * ```ts
 * import { fromWorkerData, getSettings, toWorkerData } from '@map/settings';
 *
 * fromWorkerData(structuredClone(toWorkerData(getSettings()))).APP_NAME;
 * ```
 */
export function fromWorkerData<T extends object>(data: WorkerSettings<T>): T {
  const { format, values, secrets } = (data ?? {}) as Partial<WorkerSettings<T>>;
  if (format !== '@map/settings' || values === undefined || secrets === undefined) {
    throw optionError('data', 'the result of toWorkerData()', data);
  }
  const restored = deepFreeze(unpack(values)) as Record<string, unknown>;
  return settingsObject(restored, new Set(secrets)) as T;
}

function pack(value: unknown): unknown {
  if (isSecret(value)) return { [TAG]: value.reveal() };
  const packed = mapInside(value, pack);
  // Wrapped once more if a structure of the user looks like a packed secret.
  return isTagged(value) ? { [TAG]: packed } : packed;
}

function unpack(value: unknown): unknown {
  if (!isTagged(value)) return mapInside(value, unpack);
  const packed = value[TAG];
  return typeof packed === 'string' ? new Secret(packed) : mapInside(packed, unpack);
}

function isTagged(value: unknown): value is { [TAG]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, TAG);
}

function mapInside(value: unknown, change: (item: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  if (value instanceof Set) return new Set([...value].map(change));
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [change(k), change(v)]));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item)]));
}
