import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linesOf } from '../integration/support/program.ts';

const APP = join(import.meta.dirname, 'support/cluster.ts');

it.each([
  ['a pipe', `"$0" "$@" | cat`],
  ['a socket', `exec "$0" "$@"`],
])('workers of a cluster that share %s tear no line of each other', async (_what, command) => {
  const args = ['-c', command, process.execPath, '--conditions=@map/source', APP];
  const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  const { indexes, others, torn } = linesOf(text);
  expect({ whole: indexes.length, others, torn }).toEqual({ whole: 20_000, others: [], torn: 0 });
});
