import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Consumer } from './consumer.ts';
import { must } from './execute.ts';
import { repository } from './packages.ts';
import type { Place } from './place.ts';
import { Running, until } from './running.ts';
import { bunPath, nodeFolder, nodePath } from './runtimes.ts';
import { useLambda } from './use-lambda.ts';
import { useNext } from './use-next.ts';
import { useServer } from './use-server.ts';
import { useYarn } from './use-yarn.ts';

/** The input of the trials. */
export const placePackages: readonly string[] = [
  ...['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1', 'typescript@6.0.3', '@types/react@19'],
  ...['hono@4.13.19', '@hono/node-server@2.1.9', 'fastify@5.12.8', 'vitest@5.1.1', 'pm2@7.0.4'],
  '@yarnpkg/cli-dist@4.18.1',
];

/** The trials, by their name in the table. */
const trials: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  'Next.js 16': useNext,
  'Hono on Node.js': (place) => useServer(place, [place.node, 'hono/node.mjs']),
  'Hono on Bun': (place) => useServer(place, [bunPath('1.4'), 'hono/bun.mjs']),
  'Fastify 5': (place) => run(place, 'fastify.mjs'),
  'AWS Lambda': useLambda,
  'Vitest 5': (place) =>
    run(place, '../node_modules/vitest/vitest.mjs', 'run', '--root', '.', 'vitest.test.mjs'),
  'Yarn with PnP': useYarn,
  'node --watch': watch,
  'pm2, fork and cluster': usePm2,
  'PID 1, read-only files': container,
};

/**
 * Uses the umbrella under frameworks, test runners and process managers.
 *
 * @param consumer - with the umbrella and `placePackages` installed
 * @param redisUrl - a private Redis
 * @param tried - runs one trial and returns its verdict
 * @returns rows of a table: place and verdict
 */
export async function usePlaces(
  { folder: consumer, manifest }: Consumer,
  redisUrl: string,
  tried: (title: string, run: () => Promise<void>) => Promise<string>,
): Promise<string[][]> {
  const folder = join(consumer, 'places');
  for (const examples of ['examples', 'examples/processes']) {
    await cp(join(repository, examples), folder, { recursive: true });
  }
  const env = {
    PATH: `${nodeFolder('24')}:${process.env['PATH']}`,
    // Next.js takes no folder as the root that holds the home directory.
    HOME: dirname(consumer),
    REDIS_URL: redisUrl,
    METRICS_PORT: '0',
    ENVIRONMENT: 'production',
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const place: Place = { folder, env, node: nodePath('24') };
  const rows: string[][] = [];
  const queue = Object.entries(trials);
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, trial] = next;
      rows.push([name, await tried(`${manifest.name} with ${name}`, () => trial(place))]);
    }
  };
  await Promise.all([lane(), lane()]);
  return rows;
}

async function run({ folder, env, node }: Place, ...args: string[]): Promise<void> {
  await must(node, args, { cwd: folder, env, timeoutMs: 120_000 });
}

/** Changes a file under `node --watch`: the old process ends in order before the new one starts. */
async function watch({ folder, env, node }: Place): Promise<void> {
  const file = join(folder, 'watched.mjs');
  const code = await readFile(join(folder, 'service.mjs'), 'utf8');
  await writeFile(file, code);
  using service = new Running(node, ['--watch', file], { cwd: folder, env });
  for (const starts of [1, 2]) {
    await service.prints('"message":"ready"', starts);
    await writeFile(file, `${code}// ${starts}\n`);
    await service.prints('"the last line"', starts);
  }
  await service.prints('"message":"ready"', 3);
  await service.end();
  await service.prints('"the last line"', 3);
  if (/"level":"(ERROR|CRITICAL)"/.test(service.output)) throw service.failure('an error');
}

/** Starts, reloads and stops one process in fork mode and two in cluster mode. */
async function usePm2(place: Place): Promise<void> {
  const { folder, env, node } = place;
  const home = join(folder, 'pm2-home');
  const pm2 = (...args: string[]): Promise<string> =>
    must(node, ['../node_modules/pm2/bin/pm2', ...args], {
      cwd: folder,
      env: { ...env, PM2_HOME: home },
      timeoutMs: 120_000,
    });
  const count = async (text: string): Promise<number> => {
    const outputs = ['pm2-fork.out', 'pm2-cluster.out'].map((file) =>
      readFile(join(folder, file), 'utf8').catch(() => ''),
    );
    return (await Promise.all(outputs)).join('').split(text).length - 1;
  };
  try {
    await pm2('start', 'ecosystem.config.cjs');
    await until('ready', async () => (await count('"message":"ready"')) === 3);
    await pm2('reload', 'all');
    await until('reload', async () => (await count('"message":"ready"')) === 6);
    await pm2('stop', 'all');
    await until('last lines', async () => (await count('"the last line"')) === 6);
    const errors = await readFile(join(folder, 'pm2.err'), 'utf8').catch(() => '');
    if (errors !== '') throw new Error(errors);
  } finally {
    await pm2('kill');
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs the service as containers do: as PID 1, on a file system that cannot be written. */
async function container({ folder, env, node }: Place): Promise<void> {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const script = `mount -o remount,bind,ro / && ! touch "$1/x" 2>&1 && exec "$2" service.mjs`;
  const flags = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', ...user];
  using service = new Running('unshare', [...flags, 'sh', '-c', script, 'sh', folder, node], {
    cwd: folder,
    env: { ...env, LOG_FILE: '/var/log/service.log' },
  });
  await service.prints('"message":"ready"');
  if (!service.output.includes('"pid":1')) throw service.failure('not PID 1');
  if (!service.output.includes('Read-only')) throw service.failure('files can be written');
  const { pid } = service.child;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  await service.end('SIGTERM', Number(children.trim()));
  if (service.count('"the last line"') !== 1) throw service.failure('the last line is missing');
}
