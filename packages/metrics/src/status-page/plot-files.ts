import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** uPlot's script and style sheet, by the paths at which the server has them. */
const FILES = { '/uplot.js': 'uPlot.iife.min.js', '/uplot.css': 'uPlot.min.css' };

/**
 * Reads the files of the plots.
 *
 * @returns The files by path; none where they are not installed, as beside a bundle.
 */
export async function readPlotFiles(): Promise<ReadonlyMap<string, string>> {
  try {
    // Bundles in CommonJS have no such URL; a bundle may lie in a folder with `node_modules`.
    const here: string | undefined = import.meta.url;
    // Not imported: the banner of a bundle often declares `createRequire` for its own `require`.
    const { createRequire } = process.getBuiltinModule('node:module');
    const { resolve } = createRequire(here ?? join(process.cwd(), 'index.js'));
    const files = Object.entries(FILES).map(
      async ([path, name]) =>
        [path, await readFile(resolve(`uplot/dist/${name}`), 'utf8')] as const,
    );
    return new Map(await Promise.all(files));
  } catch {
    return new Map();
  }
}
