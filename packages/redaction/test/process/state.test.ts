import { processState } from '@map/redaction/kernel';
import { expect, it } from 'vitest';

it('is made once for a key, and is not seen by code that lists the globals', () => {
  const first = processState('@map/redaction/test@1', () => ({ count: 0 }));
  first.count += 1;
  expect(processState('@map/redaction/test@1', () => ({ count: 0 }))).toBe(first);
  expect(processState('@map/redaction/test@2', () => ({ count: 0 }))).not.toBe(first);
  const symbols = Object.getOwnPropertySymbols(globalThis).filter(
    (symbol) => Object.getOwnPropertyDescriptor(globalThis, symbol)?.enumerable,
  );
  expect(symbols.map(String).join()).not.toContain('@map/redaction');
});
