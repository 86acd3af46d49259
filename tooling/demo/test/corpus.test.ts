import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCorpus, takeChunks } from '../src/corpus.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'map-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

test('reads the Markdown of a folder in order, and neither dependencies nor hidden folders', async () => {
  const folder = await folderWith({
    'b.md': 'b',
    'a/c.md': 'c',
    'a/CHANGELOG.md': 'x',
    'node_modules/p/README.md': 'x',
    '.changeset/x.md': 'x',
    'a.txt': 'x',
  });
  const chunks = await readCorpus(folder);
  expect(chunks.map(({ document, text }) => [document, text])).toEqual([
    ['a/c.md', 'c'],
    ['b.md', 'b'],
  ]);
});

test('takes exactly as many chunks as asked: spread out, or in further passes', async () => {
  const folder = await folderWith({ 'a.md': '# 1\n1\n# 2\n2\n# 3\n3\n# 4\n4' });
  const chunks = await readCorpus(folder);
  const texts = (count: number) => takeChunks(chunks, count).map(({ text }) => text);
  expect(texts(2)).toEqual(['1', '3']);
  expect(texts(4)).toEqual(['1', '2', '3', '4']);
  expect(texts(6)).toEqual(['1', '2', '3', '4', '1', '2']);
  expect(takeChunks([], 3)).toEqual([]);
});
