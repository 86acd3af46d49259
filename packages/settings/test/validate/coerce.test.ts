import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import {
  boolean,
  byteSize,
  duration,
  integer,
  json,
  list,
  number,
  oneOf,
  path,
  port,
  record,
  set,
  string,
  url,
} from '../../src/schema/builders.ts';
import { coerce, type Mismatch } from '../../src/validate/coerce.ts';

const WRONG = Symbol('wrong');

function read(schema: Parameters<typeof coerce>[0], text: unknown): unknown {
  const mismatches: Mismatch[] = [];
  const value = coerce(schema, text, mismatches);
  return mismatches.length > 0 ? WRONG : value;
}

describe('acceptance cases 18 and 19: booleans', () => {
  test.each(['1', 't', 'y', 'on', 'yes', 'true', 'T', 'Yes', 'ON', 'TRUE'])(
    '%s is true',
    (text) => {
      expect(read(boolean(), text)).toBe(true);
    },
  );
  test.each(['0', 'f', 'n', 'no', 'off', 'false', 'F', 'No', 'OFF', 'False'])(
    '%s is false',
    (text) => {
      expect(read(boolean(), text)).toBe(false);
    },
  );
  test.each(['', ' true', 'true ', '2', 'enabled', 'null'])('%j is wrong', (text) => {
    expect(read(boolean(), text)).toBe(WRONG);
  });
});

describe('acceptance cases 20 to 23: integers', () => {
  test.each([
    [' 12 ', 12],
    ['+5', 5],
    ['007', 7],
    ['1_000', 1000],
    ['42.0', 42],
    ['-0', 0],
    ['-17', -17],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%j is %d', (text, value) => {
    expect(read(integer(), text)).toBe(value);
  });
  test.each([
    '1e3',
    '0x10',
    '12abc',
    ' ',
    '',
    '1.5',
    '_1',
    '1__0',
    '9007199254740993',
    '--1',
    'NaN',
  ])('%j is wrong', (text) => {
    expect(read(integer(), text)).toBe(WRONG);
  });
});

test('numbers inside JSON are not rounded either', () => {
  const any = json(Type.Object({}, { additionalProperties: true }));
  for (const text of [
    '{"a":9007199254740993}',
    '{"a":{"b":[-90071992547409931]}}',
    '{"a":1e400}',
  ]) {
    expect(read(any, text), text).toBe(WRONG);
  }
  expect(read(list(integer()), '[9007199254740993]')).toBe(WRONG);
  expect(read(any, '{"a":9007199254740991,"b":1e300,"c":"9007199254740993"}')).toEqual({
    a: 9_007_199_254_740_991,
    b: 1e300,
    c: '9007199254740993',
  });
});

describe('numbers', () => {
  test.each([
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['-2', -2],
  ])('%j is %d', (text, value) => {
    expect(read(number(), text)).toBe(value);
  });
  test.each(['1e400', 'Infinity', 'NaN', '0x1', '', ' ', '9007199254740993'])(
    '%j is wrong',
    (text) => {
      expect(read(number(), text)).toBe(WRONG);
    },
  );
});

describe('acceptance case 24: lists', () => {
  test.each([
    ['', []],
    ['a, b ,c', ['a', 'b', 'c']],
    ['a,,b,', ['a', 'b']],
    ['["a","b, c"]', ['a', 'b, c']],
  ])('%j', (text, value) => {
    expect(read(list(), text)).toEqual(value);
  });
  test('items load by their own setting', () => {
    expect(read(list(duration()), '1s,2m')).toEqual([1000, 120_000]);
    expect(read(list(integer()), '[1,"2"]')).toEqual([1, 2]);
    expect(read(list(integer()), '1,x')).toBe(WRONG);
  });
  test('a broken JSON array is wrong', () => {
    expect(read(list(), '["a"')).toBe(WRONG);
  });
});

test('a set takes the texts of a list', () => {
  expect(read(set(integer()), '1,2')).toEqual([1, 2]);
  expect(read(set(), new Set(['a']))).toEqual(['a']);
});

describe('units', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1m30s', 90_000],
    ['1.5s', 1500],
    ['0.1s', 100],
    [' 2 h ', 7_200_000],
    ['0', 0],
  ])('duration %j is %d ms', (text, value) => {
    expect(read(duration(), text)).toBe(value);
  });
  test.each(['30', '-1s', 's', '1w', '1s2', '', '1e3s'])('duration %j is wrong', (text) => {
    expect(read(duration(), text)).toBe(WRONG);
  });
  test.each([
    ['512', 512],
    ['64kB', 64_000],
    ['10MB', 10_000_000],
    ['1GiB', 1_073_741_824],
    ['1.5 kib', 1536],
    ['0', 0],
  ])('size %j is %d bytes', (text, value) => {
    expect(read(byteSize(), text)).toBe(value);
  });
  test.each(['10M', '1.5', '-1', '10 parsecs', '99999999TB', ''])('size %j is wrong', (text) => {
    expect(read(byteSize(), text)).toBe(WRONG);
  });
});

describe('texts with a form', () => {
  test('a URL needs an allowed scheme', () => {
    expect(read(url(), ' https://a.example/x ')).toBe('https://a.example/x');
    for (const text of [
      'javascript:alert(1)',
      'ftp://a',
      'a.example',
      'http://',
      'http:a',
      'http://a:0',
      '',
    ]) {
      expect(read(url(), text), text).toBe(WRONG);
    }
    expect(read(url({ schemes: ['redis'] }), 'redis://h/0')).toBe('redis://h/0');
    const proxy = url({ defaultScheme: 'http' });
    expect(read(proxy, ' proxy.corp:3128 ')).toBe('http://proxy.corp:3128');
    expect(read(proxy, 'me:pw@[::1]:3128')).toBe('http://me:pw@[::1]:3128');
    expect(read(proxy, 'https://proxy.corp')).toBe('https://proxy.corp');
    for (const text of ['', 'socks5://a:1', 'a b', 'host:99999', '/x']) {
      expect(read(proxy, text), text).toBe(WRONG);
    }
  });
  test('an enum takes any letter case and other spellings', () => {
    const level = oneOf(['INFO', 'WARNING'], { spellings: { WARN: 'WARNING' } });
    expect(read(level, 'info')).toBe('INFO');
    expect(read(level, 'warn')).toBe('WARNING');
    expect(read(level, 'loud')).toBe(WRONG);
  });
  test('a port is an integer, a path is a non-empty string', () => {
    expect(read(port(), '8080')).toBe(8080);
    expect(read(path(), '/x y')).toBe('/x y');
    expect(read(path(), '')).toBe(WRONG);
    expect(read(path(), 'a\0b')).toBe(WRONG);
  });
  test('a record is JSON or pairs', () => {
    expect(read(record(integer()), 'a=1, b = 2')).toEqual({ a: 1, b: 2 });
    expect(read(record(integer()), '{"a":1}')).toEqual({ a: 1 });
    expect(read(record(), '')).toEqual({});
    expect(read(record(), 'a')).toBe(WRONG);
    expect(read(record(), 'a=x=y')).toEqual({ a: 'x=y' });
  });
  test('JSON coerces the texts inside', () => {
    const schema = json(Type.Object({ size: byteSize(), on: boolean() }));
    expect(read(schema, '{"size":"1kB","on":"yes"}')).toEqual({ size: 1000, on: true });
    expect(read(schema, '{')).toBe(WRONG);
  });
});

test('a duration has a unit inside JSON too', () => {
  const schema = json(Type.Object({ wait: duration(), all: list(duration()), size: byteSize() }));
  expect(read(schema, '{"wait":"1s","all":["2s",0],"size":9}')).toEqual({
    wait: 1000,
    all: [2000, 0],
    size: 9,
  });
  expect(read(schema, '{"wait":60,"all":[],"size":9}')).toBe(WRONG);
  expect(read(schema, '{"wait":"1s","all":[60],"size":9}')).toBe(WRONG);
  expect(read(list(duration()), '[60]')).toBe(WRONG);
  expect(read(record(duration()), '{"a":60}')).toBe(WRONG);
  // A value that is not a string has the type of the settings.
  expect(read(schema, { wait: 60, all: [60], size: 9 })).toEqual({ wait: 60, all: [60], size: 9 });
});

describe('plain TypeBox schemas', () => {
  test('are coerced by their kind', () => {
    expect(read(Type.Integer(), '7')).toBe(7);
    expect(read(Type.Boolean(), 'yes')).toBe(true);
    expect(read(Type.Array(Type.Number()), '1,2.5')).toEqual([1, 2.5]);
    expect(read(Type.Literal('a'), 'A')).toBe('a');
    expect(read(Type.Union([Type.Literal(1), Type.Literal(2)]), '2')).toBe(2);
    expect(read(Type.Union([Type.String(), Type.Integer()]), '5')).toBe(5);
    expect(read(Type.Union([Type.String(), Type.Integer()]), 'x')).toBe('x');
    expect(read(Type.Record(Type.String(), Type.Integer()), 'a=1')).toEqual({ a: 1 });
  });
});

test('values that are no texts are left to the validator', () => {
  expect(read(integer(), 5)).toBe(5);
  expect(read(string(), 5)).toBe(5);
  expect(read(list(integer()), new Set(['1', 2]))).toEqual([1, 2]);
});

test('a key named __proto__ stays a key', () => {
  const value = read(record(), '{"__proto__":"x"}') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});
