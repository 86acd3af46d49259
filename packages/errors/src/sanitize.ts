import { describeError } from './describe-error.ts';
import { isSecretKey, MASK, maskSecrets } from './redact.ts';
import { isArray, isNativeError, read } from './safe.ts';

const MAX_DEPTH = 8;
const MAX_KEYS = 100;
const MAX_ITEMS = 100;
const MAX_TEXT = 2000;
const MAX_TOTAL = 64_000;

interface Budget {
  characters: number;
  readonly path: Set<object>;
}

/**
 * Gives a copy of anything that JSON can hold: bounded in depth, width and size, without secrets.
 *
 * @returns Plain data; never throws, whatever the value's getters do.
 */
export function sanitize(value: unknown): unknown {
  return copy(value, { characters: MAX_TOTAL, path: new Set() });
}

/** Gives the copy of an object's own fields, empty where there are none. */
export function sanitizeRecord(value: unknown): Record<string, unknown> {
  const result = sanitize(value);
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? (result as Record<string, unknown>)
    : {};
}

function copy(value: unknown, budget: Budget): unknown {
  switch (typeof value) {
    case 'string':
      return text(value, budget);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'bigint':
      return text(value < 10n ** 100n && value > -(10n ** 100n) ? String(value) : 'bigint', budget);
    case 'object':
      return value === null ? null : copyObject(value, budget);
    default:
      return undefined;
  }
}

function text(value: string, budget: Budget): string {
  const result = maskSecrets(value, Math.max(1, Math.min(MAX_TEXT, budget.characters)));
  budget.characters -= result.length;
  return result;
}

function copyObject(value: object, budget: Budget): unknown {
  if (budget.path.has(value)) return '[circular]';
  if (budget.path.size >= MAX_DEPTH) return '[deep]';
  if (budget.characters <= 0) return '[cut]';
  budget.path.add(value);
  try {
    return copyContent(value, budget);
  } catch {
    return '[unreadable]';
  } finally {
    budget.path.delete(value);
  }
}

function copyContent(value: object, budget: Budget): unknown {
  if (isNativeError(value)) return text(describeError(value), budget);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (typeof read(value, 'reveal') === 'function') return MASK;
  if (isArray(value)) return copyArray(value, budget);
  if (value instanceof Map) return copyEntries(value, budget);
  if (value instanceof Set) return copyArray([...first(value, MAX_ITEMS)], budget);
  const toJSON = read(value, 'toJSON');
  if (typeof toJSON === 'function') return copy(toJSON.call(value, ''), budget);
  return copyEntries(ownEntries(value), budget);
}

function copyArray(items: readonly unknown[], budget: Budget): unknown[] {
  const result: unknown[] = [];
  const length = items.length > MAX_ITEMS ? MAX_ITEMS - 1 : items.length;
  for (let index = 0; index < length && budget.characters > 0; index++) {
    budget.characters -= 2;
    result.push(copy(read(items, index), budget) ?? null);
  }
  if (items.length > result.length) result.push(`[${items.length - result.length} more]`);
  return result;
}

function copyEntries(entries: Iterable<[unknown, unknown]>, budget: Budget): object {
  const result: Record<string, unknown> = {};
  for (const [name, item] of first(entries, MAX_KEYS)) {
    const key = maskSecrets(typeof name === 'string' ? name : typeof name, 100);
    if (key === '__proto__') continue;
    if (budget.characters <= 0) break;
    budget.characters -= key.length + 4;
    const hidden = isSecretKey(key) && (typeof item === 'string' || typeof item === 'object');
    const data = hidden && item !== null ? MASK : copy(item, budget);
    if (data !== undefined) result[key] = data;
  }
  return result;
}

function* ownEntries(value: object): Generator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, read(value, key)];
}

function* first<T>(items: Iterable<T>, limit: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= limit) return;
    yield item;
  }
}
