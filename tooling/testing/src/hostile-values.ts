import fc from 'fast-check';

/** A value that breaks careless code, and what is nasty about it. */
export interface HostileValue {
  name: string;
  value: unknown;
}

/**
 * Makes a fresh list of values that break code which formats, copies, compares or serialises
 * whatever it is given.
 *
 * @returns the values, each with a name for test titles
 */
export function hostileValues(): HostileValue[] {
  const cyclic: Record<string, unknown> = { name: 'cyclic' };
  cyclic['self'] = cyclic;
  cyclic['list'] = [cyclic];

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  let deep: unknown = 'bottom';
  for (let level = 0; level < 20_000; level += 1) deep = { deep };

  const causeCycle = new Error('one');
  causeCycle.cause = new Error('two', { cause: causeCycle });

  const refuses = (what: string) => (): never => {
    throw new Error(`${what} refuses`);
  };

  return [
    { name: 'undefined', value: undefined },
    { name: 'null', value: null },
    { name: 'NaN', value: Number.NaN },
    { name: 'negative zero', value: -0 },
    { name: 'infinity', value: Number.POSITIVE_INFINITY },
    { name: 'a bigint', value: 2n ** 70n },
    { name: 'a symbol', value: Symbol('hostile') },
    { name: 'a function', value: function hostile() {} },
    { name: 'an empty string', value: '' },
    { name: 'a lone surrogate', value: '\ud800' },
    { name: 'control characters', value: '\u0000\u001b[31mred\r\nforged line\u2028' },
    { name: 'a string of a megabyte', value: 'x'.repeat(1024 * 1024) },
    { name: 'an invalid date', value: new Date(Number.NaN) },
    { name: 'an object without a prototype', value: Object.assign(Object.create(null), { a: 1 }) },
    { name: 'a key named __proto__', value: JSON.parse('{"__proto__":{"polluted":true}}') },
    { name: 'a key named constructor', value: { constructor: { prototype: { polluted: true } } } },
    { name: 'a frozen object', value: Object.freeze({ a: Object.freeze([1]) }) },
    { name: 'a cycle', value: cyclic },
    { name: 'a deep object', value: deep },
    { name: 'a sparse array', value: Object.assign([], { length: 5, 3: 'three' }) },
    { name: 'a map with itself as key', value: selfKeyed() },
    { name: 'a revoked proxy', value: revoked.proxy },
    { name: 'a proxy that throws', value: new Proxy({}, throwingTraps(refuses('proxy'))) },
    {
      name: 'a getter that throws',
      value: Object.defineProperty({ fine: 1 }, 'bad', {
        get: refuses('getter'),
        enumerable: true,
      }),
    },
    { name: 'a toJSON that throws', value: { toJSON: refuses('toJSON') } },
    { name: 'a toString that throws', value: { toString: refuses('toString') } },
    { name: 'a toPrimitive that throws', value: { [Symbol.toPrimitive]: refuses('primitive') } },
    {
      name: 'a then that throws',
      value: Object.defineProperty({}, 'then', { get: refuses('then') }),
    },
    { name: 'an error whose causes run in a circle', value: causeCycle },
    {
      name: 'an error whose message throws',
      value: Object.defineProperty(new Error('x'), 'message', { get: refuses('message') }),
    },
    {
      name: 'an error whose stack throws',
      value: Object.defineProperty(new Error('x'), 'stack', { get: refuses('stack') }),
    },
    { name: 'an error of another kind of name', value: Object.assign(new Error('x'), { name: 7 }) },
    { name: 'an aggregate of nothing', value: new AggregateError([], '') },
    { name: 'bytes', value: new Uint8Array([0, 255, 10]) },
    { name: 'a detached buffer', value: detached() },
    { name: 'a weak map', value: new WeakMap() },
  ];
}

/**
 * An arbitrary of fast-check that mixes the hostile values with arbitrary ones; each comes in a box,
 * because fast-check looks into what it generates and some of these do not bear that.
 *
 * @returns the arbitrary
 */
export function hostileArbitrary(): fc.Arbitrary<HostileValue> {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  return fc.oneof(
    fc.nat(hostileValues().length - 1).map((index) => box(hostileValues()[index])),
    anything.map((value) => box({ name: fc.stringify(value), value })),
  );
}

function box(entry: HostileValue = { name: 'nothing', value: undefined }): HostileValue {
  return Object.defineProperty({ ...entry }, fc.toStringMethod, { value: () => entry.name });
}

function selfKeyed(): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  return map.set(map, map);
}

function throwingTraps(refuse: () => never): ProxyHandler<object> {
  return {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
    set: refuse,
  };
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
