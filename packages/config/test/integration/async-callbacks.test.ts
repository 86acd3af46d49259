import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/async-callbacks.ts', import.meta.url));

test('an async function where a value is due counts as none, or is a wrong option', async () => {
  const child = spawn(process.execPath, ['--conditions=@map/source', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [lines, complaints] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stderr as Readable),
    once(child, 'exit'),
  ]);
  if (lines === '') throw new Error(complaints.slice(-1000));
  expect(JSON.parse(lines)).toEqual([]);
});
