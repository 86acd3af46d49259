import { glob } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** A bench file and the name its benches start with. */
export interface BenchFile {
  file: string;
  package: string;
}

/**
 * Finds the repository's bench files.
 *
 * @param root - the repository's folder
 * @returns the files in order of package and name
 */
export async function discover(root: string): Promise<BenchFile[]> {
  const files: BenchFile[] = [];
  for await (const path of glob('{packages,tooling}/*/bench/**/*.bench.ts', { cwd: root })) {
    const [, name = ''] = path.split(sep);
    files.push({ file: join(root, path), package: name });
  }
  return files.sort((a, b) => a.file.localeCompare(b.file));
}

/**
 * Whether a bench is asked for.
 *
 * @param names - what was asked for, parts of names; nothing means everything
 * @param rows - the full names of the bench's rows, `errors/create`
 * @param file - the file it stands in
 * @returns true where one of the names is part of any of them
 */
export function wanted(names: string[], rows: string[], file: string): boolean {
  const place = relative(dirname(dirname(dirname(file))), file);
  return (
    names.length === 0 ||
    names.some((name) => rows.some((row) => row.includes(name)) || basename(place).startsWith(name))
  );
}
