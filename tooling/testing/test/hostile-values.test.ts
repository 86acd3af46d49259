import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileArbitrary, hostileValues } from '../src/index.ts';

test('each list is fresh and its names tell the values apart', () => {
  const names = hostileValues().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const cycleOf = (): unknown => hostileValues().find(({ name }) => name === 'a cycle')?.value;
  expect(cycleOf()).not.toBe(cycleOf());
});

test('plain serialising breaks on many of them', () => {
  const broken = hostileValues().filter(({ value }) => {
    try {
      JSON.stringify(value);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.length).toBeGreaterThan(6);
});

test('the arbitrary yields hostile values and ordinary ones', () => {
  const sample = fc.sample(hostileArbitrary(), 200);
  const names = new Set(hostileValues().map(({ name }) => name));
  expect(sample.some(({ name }) => names.has(name))).toBe(true);
  expect(sample.some(({ name }) => !names.has(name))).toBe(true);
});
