import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { alternate, type Opened, open } from './alternate.ts';
import type { Bench } from './define-bench.ts';
import type { Measured } from './measured.ts';

// Halves the time in which each process reads the same sources. Measured scripts do not inherit it.
enableCompileCache();

/** What the parent asks the process of one bench file. */
export type Request =
  | { ask: 'alternate'; file: string; bench: string; quick: boolean; budgetMs: number }
  | { ask: 'open'; file: string; bench: string; contender: string; quick: boolean }
  | { ask: 'measure' }
  | { ask: 'close' };

export type Answer =
  | { measured: Measured }
  | { output: unknown }
  | { figures: Record<string, number> }
  | { closed: true }
  | { error: string };

/**
 * Loads the benches of a file.
 *
 * @param file - path of the module
 * @returns its default export as a list
 */
export async function load(file: string): Promise<Bench[]> {
  const { default: benches } = (await import(pathToFileURL(file).href)) as {
    default: Bench | Bench[];
  };
  if (!benches) throw new Error(`${file} has no default export`);
  return [benches].flat();
}

let opened: Opened | undefined;

async function answer(request: Request): Promise<Answer> {
  if (request.ask === 'measure') return { figures: (await opened?.measure()) ?? {} };
  if (request.ask === 'close') {
    await opened?.close();
    return { closed: true };
  }
  const benches = await load(request.file);
  const bench = benches.find(({ name }) => name === request.bench);
  if (!bench || bench.kind === 'startup') throw new Error(`no bench ${request.bench} to run here`);
  if (request.ask === 'alternate') {
    return { measured: await alternate(bench, request.quick, request.budgetMs) };
  }
  opened = await open(bench, request.contender, request.quick);
  return { output: opened.output };
}

if (process.send) {
  process.on('message', (request: Request) => {
    void answer(request)
      .catch((error: unknown) => ({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }))
      .then((reply) => {
        const isLast = 'error' in reply || 'measured' in reply || 'closed' in reply;
        // Whatever a bench leaves open must not keep this process.
        process.send?.(reply, undefined, {}, () => isLast && process.exit(0));
      });
  });
}
