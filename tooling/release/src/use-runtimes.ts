import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';
import { execute } from './execute.ts';
import { entriesOf } from './packages.ts';
import { columns } from './size.ts';

/** Runtimes beside Node, as npm packages, and how each runs a script. */
const runtimes: readonly { name: string; package: string; command: readonly string[] }[] = [
  { name: 'Bun', package: 'bun@1.4.5', command: ['node_modules/.bin/bun'] },
  { name: 'Deno', package: 'deno@2.9.6', command: ['node_modules/.bin/deno', 'run', '-A'] },
];

/** The runtimes, as packages. */
export const runtimePackages: readonly string[] = runtimes.map((runtime) => runtime.package);

const lines = 2_000;

/** A service that writes lines, scrapes itself and waits for SIGTERM. */
const service = `import { initializeConfig, logger } from '@map/config';
import { startMetricsServer } from '@map/config/metrics';
const config = await initializeConfig();
const log = logger.getLogger('service');
config.onShutdown('last line', () => log.info('the last line'));
await config.connections.redisConnection((redis) => redis.set('runtime', 'yes'));
for (let line = 0; line < ${lines}; line += 1) log.info('line ' + line);
const metrics = await startMetricsServer({ port: 0 });
const scraped = await (await fetch('http://127.0.0.1:' + metrics.port + '/metrics')).text();
for (const name of ['process_cpu_seconds_total', 'connection_pool_connections', 'map_build_info']) {
  if (!scraped.includes(name)) log.error('not scraped: ' + name);
}
await metrics.stop();
setInterval(() => {}, 1_000);
log.info('ready');
`;

const libraries = `import { createServer } from 'node:http';
import { once } from 'node:events';
import { deepStrictEqual } from 'node:assert';
import { ConnectionManager } from '@map/config/connections';
import { openSyncRedis } from '@map/config/connections/sync';
const url = process.env.REDIS_URL;
const connections = new ConnectionManager({ redis: { url }, http: { circuit: {} } });
const server = createServer((_request, response) => response.end('yes')).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = 'http://127.0.0.1:' + server.address().port;
await connections.redisConnection((redis) => redis.set('library', 'yes'));
const got = await (await connections.getHttpClient()).get(address).text();
const fetched = await (await connections.getFetch()(address)).text();
const redis = openSyncRedis({ url });
deepStrictEqual([got, fetched, redis.get('library')], ['yes', 'yes', 'yes']);
redis.close();
await connections.closeAllConnections();
server.close();
`;

/** Gathers the metrics of a cluster worker and of a thread, each counting one scrape. */
const workers = `import cluster from 'node:cluster';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { getMetricsManager, startMetricsServer } from '@map/config/metrics';
import { gatherWorkers, shareMetrics } from '@map/config/metrics/workers';
if (cluster.isWorker || !isMainThread) {
  await shareMetrics();
  getMetricsManager().defineCounter({ name: 'shared_total', help: 'One each.' }).inc();
  cluster.isWorker ? process.send('up') : parentPort.postMessage('up');
  setInterval(() => {}, 1_000);
} else {
  const source = await gatherWorkers();
  const workers = [cluster.fork(), new Worker(new URL(import.meta.url))];
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const server = await startMetricsServer({ port: 0, source });
  const scraped = await (await fetch(server.url + '/metrics')).text();
  console.log(/^shared_total .*$/m.exec(scraped)?.[0]);
  process.exit(scraped.includes('shared_total 2') ? 0 : 1);
}
`;

/** What is tried in each runtime, by the heading of its column. */
const trials: Readonly<
  Record<
    string,
    (consumer: Consumer, command: readonly string[], redisUrl: string) => Promise<void>
  >
> = {
  entries: (...where) => mustRun('entries-each.mjs', ...where),
  example: (...where) => mustRun('example.mjs', ...where),
  'Redis, HTTP, fetch, sync': (...where) => mustRun('libraries.mjs', ...where),
  workers: (...where) => mustRun('workers.mjs', ...where),
  'lines, scrape, SIGTERM': drain,
};

/**
 * Uses the umbrella in the runtimes beside Node.
 *
 * @param consumer - with the package and `runtimePackages` installed, and its example compiled to `example.mjs`
 * @param redisUrl - a private Redis
 * @param tried - runs one trial and returns its verdict
 * @returns a table of verdicts
 */
export async function useRuntimes(
  consumer: Consumer,
  redisUrl: string,
  tried: (title: string, run: () => Promise<void>) => Promise<string>,
): Promise<string> {
  const { folder, manifest } = consumer;
  const each = entriesOf(manifest).map((entry) => `await import('${entry}');\n`);
  await writeFile(join(folder, 'entries-each.mjs'), each.join(''));
  await writeFile(join(folder, 'service.mjs'), service);
  await writeFile(join(folder, 'libraries.mjs'), libraries);
  await writeFile(join(folder, 'workers.mjs'), workers);
  const rows = [['runtime', ...Object.keys(trials)]];
  for (const runtime of runtimes) {
    const row = [runtime.package.replace('@', ' ')];
    for (const [title, trial] of Object.entries(trials)) {
      const run = (): Promise<void> => trial(consumer, runtime.command, redisUrl);
      row.push(await tried(`${manifest.name} on ${runtime.name}: ${title}`, run));
    }
    rows.push(row);
  }
  return columns(rows);
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
  [command = '', ...args]: readonly string[],
  redisUrl: string,
): Promise<void> {
  const env = environment(folder, redisUrl);
  const options = { cwd: folder, env, timeoutMs: 30_000 };
  const { exitCode, output } = await execute(join(folder, command), [...args, script], options);
  if (exitCode !== 0) throw new Error(output.split('\n').slice(-15).join('\n'));
}

/** Ends the service by SIGTERM when it is ready; it must write every line and exit with 0. */
async function drain(
  { folder }: Consumer,
  [command = '', ...args]: readonly string[],
  redisUrl: string,
): Promise<void> {
  const child = spawn(join(folder, command), [...args, 'service.mjs'], {
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
