import { ErrorCode } from '@map/errors';
import { expect, test } from 'vitest';
import { statusPageOptions } from '../../src/wiring/status-page.ts';

test('an `errorUrl` that returns a promise leaves the codes of MAP their links', () => {
  const errorUrl = (async () => 'https://example.com/') as never;
  const url = statusPageOptions({ errorUrl }, undefined).errorUrl?.(ErrorCode.LLM_QUOTA_EXCEEDED);
  expect(url).toMatch(/^https:.*#/);
});
