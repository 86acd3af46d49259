import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writePage } from './page.ts';
import { type BenchRecord, formatRecords, mergeRecords, parseRecords } from './records.ts';

/**
 * Writes new records into a page, its charts and the file that keeps them all, `charts/benches.json`
 * beside the page. Benches that were not run keep the records of their last run.
 *
 * @param page - path of the page
 * @param fresh - the records of this run
 * @param known - the names of all benches, in order; undefined if some could not be read, so that
 *   no record is dropped
 */
export async function publish(
  page: string,
  fresh: readonly BenchRecord[],
  known: readonly string[] | undefined,
): Promise<void> {
  const folder = join(dirname(page), 'charts');
  const file = join(folder, 'benches.json');
  const old = await readFile(file, 'utf8').then(parseRecords, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = known ?? [...new Set([...old, ...fresh].map(({ name }) => name))];
  const records = mergeRecords(old, fresh, names);
  const written = writePage(await readFile(page, 'utf8'), records);
  await mkdir(folder, { recursive: true });
  await writeFile(file, formatRecords(records));
  for (const [name, svg] of Object.entries(written.charts))
    await writeFile(join(folder, name), svg);
  await writeFile(page, written.page);
}
