import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';
import { execute } from './execute.ts';
import { entriesOf, repository } from './packages.ts';
import { fetching, libraries, lines, model, service, workers } from './runtime-programs.ts';
import type { Row } from './runtime-table.ts';
import { type Runtime, runtimes } from './runtimes.ts';

/** Further packages that the programs import. */
export const runtimePackages: readonly string[] = ['openai@7.57.0'];

type Trial = (consumer: Consumer, runtime: Runtime, redisUrl: string) => Promise<void>;

/** The trials on each runtime, by the heading of the column. */
const trials: Readonly<Record<string, Trial>> = {
  'Every entry': (...where) => mustRun('entries-each.mjs', ...where),
  'README example': (...where) => mustRun('example.mjs', ...where),
  'Redis, HTTP, sync': (...where) => mustRun('libraries.mjs', ...where),
  '`fetch`': (...where) => mustRun('fetching.mjs', ...where),
  'Streamed model call': (...where) => mustRun('model.mjs', ...where),
  'Metrics of workers': (...where) => mustRun('workers.mjs', ...where),
  'All lines, a scrape, SIGTERM': drain,
  Demo: runDemo,
};

/** The headings of the columns. */
export const columns: readonly string[] = Object.keys(trials);

/**
 * Uses the umbrella on each runtime.
 *
 * @param consumer - with the package and `runtimePackages` installed, and its example compiled to `example.mjs`
 * @param redisUrl - a private Redis
 * @param tried - runs one trial and returns its verdict
 * @returns the verdicts of each runtime, in the order of the columns
 */
export async function useRuntimes(
  consumer: Consumer,
  redisUrl: string,
  tried: (title: string, run: () => Promise<void>) => Promise<string>,
): Promise<Row[]> {
  const { folder, manifest } = consumer;
  const each = entriesOf(manifest).map((entry) => `await import('${entry}');\n`);
  const programs = { 'entries-each': each.join(''), service, libraries, fetching, workers, model };
  for (const [name, program] of Object.entries(programs)) {
    await writeFile(join(folder, `${name}.mjs`), program);
  }
  const rows: Row[] = [];
  for (const runtime of runtimes) {
    const verdicts: string[] = [];
    for (const [title, trial] of Object.entries(trials)) {
      const isRefused = runtime.refuses?.includes(title) === true;
      const run = (): Promise<void> => {
        const tried = trial(consumer, runtime, redisUrl);
        return isRefused ? mustRefuse(tried) : tried;
      };
      const name = `${manifest.name} on ${runtime.name}: ${title}${isRefused ? ' is refused' : ''}`;
      const verdict = await tried(name, run);
      verdicts.push(isRefused && verdict === 'ok' ? 'refused' : verdict);
    }
    rows.push({ runtime: runtime.name, verdicts });
  }
  return rows;
}

/** The runtime lacks something, and the program has ended with a sentence that says so. */
async function mustRefuse(tried: Promise<void>): Promise<void> {
  const complaint = await tried.then(
    () => 'it works',
    (error: Error) => error.message,
  );
  if (!complaint.includes('cannot be loaded here')) throw new Error(complaint);
}

function environment(folder: string, redisUrl: string): Record<string, string | undefined> {
  return {
    ...{ PATH: process.env['PATH'], HOME: folder, REDIS_URL: redisUrl, METRICS_PORT: '0' },
    ...{ DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  };
}

async function mustRun(
  script: string,
  { folder }: Consumer,
  { command, args }: Runtime,
  redisUrl: string,
): Promise<void> {
  const env = environment(folder, redisUrl);
  const options = { cwd: folder, env, timeoutMs: 30_000 };
  const { exitCode, output } = await execute(command, [...args, script], options);
  if (exitCode !== 0) throw new Error(output.split('\n').slice(-40).join('\n'));
}

/** Ends the service by SIGTERM when it is ready; it must write every line and exit with 0. */
async function drain(
  { folder }: Consumer,
  { command, args }: Runtime,
  redisUrl: string,
): Promise<void> {
  const child = spawn(command, [...args, 'service.mjs'], {
    cwd: folder,
    env: { ...environment(folder, redisUrl), ENVIRONMENT: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    const wasReady = output.includes('"ready"');
    output += chunk.toString();
    if (!wasReady && output.includes('"ready"')) child.kill('SIGTERM');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const [exitCode, signal] = await once(child, 'close');
  const written = output.match(/"line \d+"/g)?.length ?? 0;
  const isWhole = written === lines && output.includes('"the last line"');
  if (exitCode === 0 && isWhole && !output.includes('not scraped')) return;
  const end = output.split('\n').slice(-10).join('\n');
  throw new Error(`exit ${exitCode ?? signal}, ${written} of ${lines} lines:\n${end}`);
}

/** The demo of this repository, from its sources. */
async function runDemo({ folder }: Consumer, runtime: Runtime, redisUrl: string): Promise<void> {
  const { command, args } = runtime;
  const demo = join(repository, 'tooling/demo/src/main.ts');
  const asked = ['--conditions=@map/source', demo, '--tasks', '10', '--redis', redisUrl];
  const options = { cwd: repository, env: environment(folder, redisUrl), timeoutMs: 60_000 };
  const { exitCode, output } = await execute(command, [...args, ...asked], options);
  if (exitCode !== 0) throw new Error(output.split('\n').slice(-40).join('\n'));
}
