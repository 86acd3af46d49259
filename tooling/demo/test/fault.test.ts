import { expect, test } from 'vitest';
import { BAD_DAY, drawFault, NO_FAULTS } from '../src/fault.ts';

const keys = Array.from({ length: 4000 }, (_, index) => `request ${index}`);

test('one seed draws alike in any order, another draws otherwise', () => {
  const forwards = keys.map((key) => drawFault(BAD_DAY, 7, key));
  const backwards = keys.toReversed().map((key) => drawFault(BAD_DAY, 7, key));
  expect(backwards.toReversed()).toEqual(forwards);
  expect(keys.map((key) => drawFault(BAD_DAY, 8, key))).not.toEqual(forwards);
});

test('every fault comes about as often as its rate says', () => {
  for (const [fault, rate] of Object.entries(BAD_DAY)) {
    const share = keys.filter((key) => drawFault(BAD_DAY, 7, key) === fault).length / keys.length;
    expect(Math.abs(share - rate)).toBeLessThan(0.012);
  }
});

test('no rates, no faults', () => {
  expect(keys.filter((key) => drawFault(NO_FAULTS, 7, key) !== undefined)).toEqual([]);
});
