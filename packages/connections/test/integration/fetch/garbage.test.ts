import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serve } from '../../support/http-server.ts';

test('a call is freed by a small garbage collection', async () => {
  await using server = await serve((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const script = fileURLToPath(new URL('../../support/garbage.ts', import.meta.url));
  const options = ['--expose-gc', '--conditions=@map/source'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, script, server.url]);
  // 4 kB when anything of a call is old from its start.
  expect(Number(stdout)).toBeLessThan(1_000);
});
