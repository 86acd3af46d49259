import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { pageBlocks } from '../../src/pages.ts';
import {
  buildPackages,
  checkBlocks,
  type Outcome,
  runBlocks,
  writeBlocks,
} from '../../src/run-blocks.ts';

const blocks = pageBlocks();
const folder = fileURLToPath(new URL('../../.cache/blocks/', import.meta.url));
const outcomes = new Map<string, Outcome>();
let complaints: string;

const nameOf = ({ page, line }: { page: string; line: number }): string => `${page}:${line}`;

beforeAll(async () => {
  await buildPackages();
  const files = await writeBlocks(blocks, folder);
  complaints = await checkBlocks(folder);
  const running = blocks.flatMap(({ runs }, index) => (runs ? [files[index] ?? ''] : []));
  const byFile = await runBlocks(running);
  for (const [index, block] of blocks.entries()) {
    const outcome = byFile.get(files[index] ?? '');
    if (outcome) outcomes.set(nameOf(block), outcome);
  }
}, 600_000);

test('every block is correct TypeScript against the packages as they stand', () => {
  expect(complaints).toBe('');
});

for (const block of blocks) {
  if (!block.runs) continue;
  test(`${nameOf(block)} runs and ends by itself`, () => {
    const outcome = outcomes.get(nameOf(block));
    expect(outcome?.exitCode, outcome?.output).toBe(0);
  });
}
