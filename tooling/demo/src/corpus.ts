import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chunk, chunkMarkdown } from './chunk.ts';

const SKIPPED = /(^|\/)(node_modules|dist|coverage|\.[^/]+)(\/|$)|CHANGELOG\.md$/;

/** Reads every Markdown file below a folder, in order of path, and cuts it into chunks. */
export async function readCorpus(folder: string): Promise<Chunk[]> {
  const paths: string[] = [];
  const exclude = (path: string): boolean => SKIPPED.test(path);
  for await (const path of glob('**/*.md', { cwd: folder, exclude })) paths.push(path);
  paths.sort();
  const documents = await Promise.all(
    paths.map(async (path) => chunkMarkdown(path, await readFile(join(folder, path), 'utf8'))),
  );
  return documents.flat();
}

/**
 * Returns exactly `count` chunks: spread evenly over the corpus when there are more, in further
 * passes over it when there are fewer.
 */
export function takeChunks(chunks: readonly Chunk[], count: number): Chunk[] {
  const step = Math.max(1, chunks.length / count);
  return Array.from(
    { length: count },
    (_, index) => chunks[Math.floor(index * step) % chunks.length],
  ).filter((chunk) => chunk !== undefined);
}
