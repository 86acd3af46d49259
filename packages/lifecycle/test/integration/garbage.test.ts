import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a piece of work is freed by a small garbage collection', async () => {
  const script = fileURLToPath(new URL('../fixtures/garbage.ts', import.meta.url));
  const options = ['--expose-gc', '--conditions=@map/source'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, script]);
  // 100 bytes when the work in flight is in a Set.
  expect(Number(stdout)).toBeLessThan(20);
});
