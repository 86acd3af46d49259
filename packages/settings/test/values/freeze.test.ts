import { expect, test } from 'vitest';
import { deepFreeze, FrozenMap, FrozenSet } from '../../src/values/freeze.ts';

test('a frozen set reads like a set and throws on mutation', () => {
  const set = new FrozenSet(['a', 'b']);
  expect([set.has('a'), set.size, [...set]]).toEqual([true, 2, ['a', 'b']]);
  for (const write of [() => set.add('c'), () => set.delete('a'), () => set.clear()]) {
    expect(write).toThrow('Settings are frozen');
  }
  expect(set.size).toBe(2);
});

test('so does a frozen map', () => {
  const map = new FrozenMap([['a', 1]]);
  expect([map.get('a'), map.size]).toEqual([1, 1]);
  for (const write of [() => map.set('a', 2), () => map.delete('a'), () => map.clear()]) {
    expect(write).toThrow('Settings are frozen');
  }
  expect(map.get('a')).toBe(1);
});

test('deepFreeze copies: what the caller keeps stays changeable', () => {
  const original = { list: [{ a: 1 }], map: new Map([['k', { b: 2 }]]), set: new Set([1]) };
  const frozen = deepFreeze(original);
  expect(frozen).toEqual({ ...original, map: expect.any(FrozenMap), set: expect.any(FrozenSet) });
  expect(Object.isFrozen(frozen.list[0])).toBe(true);
  expect(Object.isFrozen(frozen.map.get('k'))).toBe(true);
  original.list.push({ a: 2 });
  expect(frozen.list).toHaveLength(1);
});
