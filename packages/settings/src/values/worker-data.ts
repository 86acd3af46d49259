import { isSecret, Secret } from '../schema/secret.ts';
import { deepFreeze } from './freeze.ts';
import { urlSecrets } from './mask.ts';
import { secretNamesOf, settingsObject } from './settings-object.ts';

const TAG = '@map/settings/Secret';

/** Settings in a form that survives a structured clone. It holds its secrets in the clear. */
export interface WorkerSettings<T> {
  readonly format: '@map/settings';
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  /** Only for types: what `fromWorkerData` gives back. */
  readonly settings?: T;
}

/**
 * Brings settings into a form for `workerData` or `postMessage`, which would drop secrets.
 *
 * @param settings Loaded settings.
 * @returns Plain data with the secrets in the clear: pass it on, do not print it.
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
 * Restores what `toWorkerData` made: frozen settings, secrets included.
 *
 * @param data What arrived in the worker.
 * @returns Settings equal to those that were sent.
 * @throws TypeError when `data` is something else.
 */
export function fromWorkerData<T extends object>(data: WorkerSettings<T>): T {
  const { format, values, secrets } = (data ?? {}) as Partial<WorkerSettings<T>>;
  if (format !== '@map/settings' || values === undefined || secrets === undefined) {
    throw new TypeError('Expected what toWorkerData() returned.');
  }
  const restored = deepFreeze(unpack(values)) as Record<string, unknown>;
  return settingsObject(restored, new Set(secrets)) as T;
}

/**
 * Lists every secret text of some settings, for a logger to redact.
 *
 * @param settings Loaded settings.
 * @returns The texts of all secrets, and the credentials inside URLs; keep them in memory only.
 */
export function secretTexts(settings: object): readonly string[] {
  const names = secretNamesOf(settings);
  const found = new Set<string>();
  for (const [name, value] of Object.entries(settings)) collect(value, names.has(name), found);
  found.delete('');
  return [...found];
}

function collect(value: unknown, secret: boolean, found: Set<string>): void {
  if (isSecret(value)) found.add(value.reveal());
  else if (typeof value === 'string') {
    if (secret) found.add(value);
    for (const text of urlSecrets(value)) found.add(text);
  } else if (typeof value === 'object' && value !== null) {
    const items = value instanceof Set || value instanceof Map ? [...value] : Object.values(value);
    for (const item of items) collect(item, secret, found);
  }
}

function pack(value: unknown): unknown {
  if (isSecret(value)) return { [TAG]: value.reveal() };
  const packed = mapInside(value, pack);
  // A structure of the user that looks like a packed secret is wrapped once more.
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
