import { isSecret } from '@map/redaction';

/** A Set that throws on `add`, `delete` and `clear`. */
export class FrozenSet<T> extends Set<T> {
  /** @param values The members of the set. */
  constructor(values: Iterable<T>) {
    super();
    for (const value of values) super.add(value);
    Object.freeze(this);
  }

  /** @throws TypeError always. */
  override add(_value: T): this {
    throw immutable();
  }

  /** @throws TypeError always. */
  override delete(_value: T): boolean {
    throw immutable();
  }

  /** @throws TypeError always. */
  override clear(): void {
    throw immutable();
  }
}

/** A Map that throws on `set`, `delete` and `clear`. */
export class FrozenMap<K, V> extends Map<K, V> {
  /** @param entries The entries of the map. */
  constructor(entries: Iterable<readonly [K, V]>) {
    super();
    for (const [key, value] of entries) super.set(key, value);
    Object.freeze(this);
  }

  /** @throws TypeError always. */
  override set(_key: K, _value: V): this {
    throw immutable();
  }

  /** @throws TypeError always. */
  override delete(_key: K): boolean {
    throw immutable();
  }

  /** @throws TypeError always. */
  override clear(): void {
    throw immutable();
  }
}

function immutable(): TypeError {
  return new TypeError('Settings are frozen. Load new ones instead of changing these.');
}

/**
 * Returns a deep, frozen copy of plain data; its sets and maps throw on mutation.
 * @internal
 */
export function deepFreeze<T>(value: T): T {
  return freezeCopy(value) as T;
}

function freezeCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isSecret(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(freezeCopy));
  if (value instanceof Set) return new FrozenSet([...value].map(freezeCopy));
  if (value instanceof Map) {
    return new FrozenMap([...value].map(([k, v]) => [freezeCopy(k), freezeCopy(v)] as const));
  }
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) define(copy, key, freezeCopy(item));
  return Object.freeze(copy);
}

/** Sets an own property of any name; an assignment to `__proto__` would not create one. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') {
    target[key] = value;
    return;
  }
  const rest = { enumerable: true, writable: true, configurable: true };
  Object.defineProperty(target, key, { value, ...rest });
}
