import {
  firstItems,
  has,
  isArray,
  isNativeError,
  isObject,
  read,
  readNumber,
  readString,
  shortString,
} from '@map/redaction/kernel';
import { hostileValues } from '@map-tooling/testing';
import { describe, expect, it } from 'vitest';

describe('reading never throws', () => {
  it.each(hostileValues())('$name', ({ value }) => {
    for (const key of ['name', 'length', 0, Symbol.iterator]) {
      read(value, key);
      readString(value, key);
      readNumber(value, key);
      has(value, key);
    }
    isArray(value);
    isObject(value);
    isNativeError(value);
    firstItems(value, 3);
    shortString(value);
  });
});

it('reads what is there', () => {
  expect(read({ a: 1 }, 'a')).toBe(1);
  expect(readString({ a: 1 }, 'a')).toBeUndefined();
  expect(readNumber({ a: Number.NaN }, 'a')).toBeUndefined();
  expect(firstItems([1, 2, 3], 2)).toEqual([1, 2]);
  expect(firstItems({ length: 2 }, 2)).toBeUndefined();
  expect(shortString('abcdef', 4)).toBe('abc…');
  expect(shortString(5)).toBe('5');
  expect(shortString('')).toBeUndefined();
});
