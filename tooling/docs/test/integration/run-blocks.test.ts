import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkBlocks, runBlocks, writeBlocks } from '../../src/run-blocks.ts';

const folder = fileURLToPath(new URL('../../.cache/planted/', import.meta.url));

test('a block with a wrong type and one that fails are found, by page and line', async () => {
  const files = await writeBlocks(
    [
      { page: 'docs/good.md', line: 3, runs: true, code: "process.stdout.write('pear');\n" },
      { page: 'docs/typed.md', line: 7, runs: true, code: 'const pear: number = "seven";\n' },
      { page: 'docs/fails.md', line: 9, runs: true, code: "throw new Error('plum stone');\n" },
      { page: 'docs/redis.md', line: 1, runs: true, code: 'new URL(process.env.REDIS_URL!);\n' },
    ],
    folder,
  );
  const complaints = await checkBlocks(folder);
  expect(complaints.split('\n')).toHaveLength(1);
  expect(complaints).toMatch(/docs-typed-7\.ts\(7,7\): error TS2322/);
  const outcomes = await runBlocks(files);
  expect(files.map((file) => outcomes.get(file)?.exitCode)).toEqual([0, 0, 1, 0]);
  expect(outcomes.get(files[0] ?? '')?.output).toBe('pear');
  expect(outcomes.get(files[2] ?? '')?.output).toMatch(/docs-fails-9\.ts:9[\s\S]*plum stone/);
});
