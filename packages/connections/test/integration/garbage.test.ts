import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serve } from '../support/http-server.ts';

const script = fileURLToPath(new URL('../support/garbage.ts', import.meta.url));

/** How many bytes a call leaves for a full garbage collection. */
async function bytesLeft(...args: string[]): Promise<number> {
  const options = ['--expose-gc', '--conditions=@map/source'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, script, ...args]);
  return Number(stdout);
}

test('a call of fetch is freed by a small garbage collection', async () => {
  await using server = await serve((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{}');
  });
  // 4 kB when anything of a call is old from its start.
  expect(await bytesLeft('fetch', server.url)).toBeLessThan(1_000);
});

test('a use of a pool is freed too, where callers wait for one another', async () => {
  // 500 to 700 when those that wait are in a Map.
  expect(await bytesLeft('pool')).toBeLessThan(300);
});
