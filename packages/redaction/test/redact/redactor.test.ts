import { processRedactor, quote } from '@map/redaction/kernel';
import { expect, it } from 'vitest';

// Around the lengths at which a search is done in another way.
const LENGTHS = [
  0, 1, 2, 3, 4, 5, 12, 13, 63, 64, 65, 79, 80, 81, 82, 83, 84, 300, 8192, 8193, 9000,
];

/** Each character of a byte, and those beyond it that JSON escapes, or that share a lower half with one. */
const CHARACTERS = [
  ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
  ...['\u2028', '\u2029', '\ud800', '\udfff', '😀', '漢', '\u0122', '\u015c', '\u0101', '\uff22'],
];

it('writes each character as JSON at each place of a string of any length', () => {
  for (const length of LENGTHS) {
    const plain = 'custom value of a line '.repeat(400).slice(0, length);
    expect(processRedactor.json(plain)).toBe(JSON.stringify(plain));
    for (const character of CHARACTERS) {
      for (const at of new Set([0, 1, 2, 3, length >> 1, length - 2, length - 1, length])) {
        if (at < 0 || at > length) continue;
        const text = plain.slice(0, at) + character + plain.slice(at);
        const json = processRedactor.json(text);
        if (json === quote(text) && JSON.parse(json) === text) continue;
        expect.fail(`${json} at ${at} of ${length}`);
      }
    }
  }
});

it('masks secrets in JSON', () => {
  expect(processRedactor.json('password="hunter4711" of "ann"')).toBe(
    '"password=\\"**********\\" of \\"ann\\""',
  );
  expect(processRedactor.json('Bearer abcdefghij0123456789')).toBe('"Bearer **********"');
});
