import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { exampleBlocks } from '../../src/examples.ts';
import {
  buildPackages,
  checkBlocks,
  type Outcome,
  runBlocks,
  writeBlocks,
} from '../../src/run-blocks.ts';

const blocks = exampleBlocks();
const folder = fileURLToPath(new URL('../../.cache/examples/', import.meta.url));
let outcomes: (Outcome | undefined)[];
let complaints: string;

beforeAll(async () => {
  await buildPackages();
  const files = await writeBlocks(blocks, folder);
  complaints = await checkBlocks(folder);
  const byFile = await runBlocks(files.filter((_, index) => blocks[index]?.runs));
  outcomes = files.map((file) => byFile.get(file));
}, 1_200_000);

test('every example of a docstring is correct TypeScript against the packages', () => {
  expect(complaints).toBe('');
});

test.for(blocks.map(({ page, line, runs }, index) => ({ name: `${page}:${line}`, runs, index })))(
  '$name runs and ends by itself',
  ({ runs, index }) => {
    const outcome = outcomes[index];
    if (runs) expect(outcome?.exitCode, outcome?.output).toBe(0);
  },
);
