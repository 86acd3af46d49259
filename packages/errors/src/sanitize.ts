import { describeError } from './describe-error.ts';
import { isSecretKey, MASK, maskSecrets } from './redact.ts';
import { isArray, isNativeError, isObject, read } from './safe.ts';

const MAX_DEPTH = 8;
const MAX_KEYS = 100;
const MAX_ITEMS = 100;
const MAX_TEXT = 2000;
const MAX_TOTAL = 64_000;

interface Budget {
  characters: number;
  /** The objects around the one at hand, outermost first. */
  readonly path: object[];
}

/**
 * Gives a copy of anything that JSON can hold: bounded in depth, width and size, without secrets.
 *
 * @returns Plain data; never throws, whatever the value's getters do.
 */
export function sanitize(value: unknown): unknown {
  return copy(value, { characters: MAX_TOTAL, path: [] });
}

/** Gives the copy of an object's own fields, empty where there are none. */
export function sanitizeRecord(value: unknown): Record<string, unknown> {
  const result = sanitize(value);
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? (result as Record<string, unknown>)
    : {};
}

/** Gives an object's own fields as they are, or a copy of them when one of them throws. */
export function ownFields(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return {};
  try {
    return { ...value };
  } catch {
    return sanitizeRecord(value);
  }
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
  if (budget.path.includes(value)) return '[circular]';
  if (budget.path.length >= MAX_DEPTH) return '[deep]';
  if (budget.characters <= 0) return '[cut]';
  budget.path.push(value);
  try {
    return copyContent(value, budget);
  } catch {
    return '[unreadable]';
  } finally {
    budget.path.pop();
  }
}

function copyContent(value: object, budget: Budget): unknown {
  if (isNativeError(value)) return text(describeError(value), budget);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (typeof read(value, 'reveal') === 'function') return MASK;
  if (isArray(value)) return copyArray(value, budget);
  if (value instanceof Map) return copyMap(value, budget);
  if (value instanceof Set) return copyArray(firstItems(value), budget);
  const toJSON = read(value, 'toJSON');
  if (typeof toJSON === 'function') return copy(toJSON.call(value, ''), budget);
  return copyFields(value, budget);
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

function copyFields(value: object, budget: Budget): object {
  const result: Record<string, unknown> = {};
  const keys = Object.keys(value);
  const length = Math.min(keys.length, MAX_KEYS);
  for (let index = 0; index < length && budget.characters > 0; index++) {
    const key = keys[index] as string;
    setField(result, key, read(value, key), budget);
  }
  return result;
}

function copyMap(map: ReadonlyMap<unknown, unknown>, budget: Budget): object {
  const result: Record<string, unknown> = {};
  let count = 0;
  for (const [key, item] of map) {
    if (count++ >= MAX_KEYS || budget.characters <= 0) break;
    setField(result, typeof key === 'string' ? key : typeof key, item, budget);
  }
  return result;
}

function setField(
  result: Record<string, unknown>,
  name: string,
  item: unknown,
  budget: Budget,
): void {
  const key = maskSecrets(name, 100);
  if (key === '__proto__') return;
  budget.characters -= key.length + 4;
  // Whether there is a secret may be known.
  const open = item === null || item === undefined || typeof item === 'boolean';
  const data = !open && isSecretKey(key) ? MASK : copy(item, budget);
  if (data !== undefined) result[key] = data;
}

function firstItems(set: ReadonlySet<unknown>): unknown[] {
  const result: unknown[] = [];
  for (const item of set) {
    if (result.length > MAX_ITEMS) break;
    result.push(item);
  }
  return result;
}
