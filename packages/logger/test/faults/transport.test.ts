import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const APP = join(import.meta.dirname, '../integration/support/transport.ts');

it('an exception ends the process though a transport never calls back', async () => {
  const child = spawn(process.execPath, ['--conditions=@map/source', APP, 'throw', 'dead']);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(1);
  expect(stderr).toContain('RangeError: the end');
  expect(stderr).toMatch(/transport Slow has ended: \d+ lines are dropped/);
});
