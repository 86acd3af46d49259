import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RedisServer;
let folder: string;
beforeAll(async () => {
  [server, folder] = await Promise.all([startRedis(), mkdtemp(join(tmpdir(), 'map-bundle-'))]);
});
afterAll(() => Promise.all([server.stop(), rm(folder, { recursive: true })]));

const here = fileURLToPath(new URL('../..', import.meta.url));
const limits = 'commandTimeoutMs: 30_000, connectTimeoutMs: 30_000';

/** Bundles a script with everything it uses, as applications do, and runs it far from any package. */
async function run(name: string, code: string, options: BuildOptions): Promise<string> {
  const isModule = options.format === 'esm';
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    conditions: ['@map/source'],
    logLevel: 'error',
    outdir: join(folder, name),
    outExtension: { '.js': isModule ? '.mjs' : '.cjs' },
    // The banner that a bundle of ES modules needs for CommonJS packages, as in the docs.
    ...(isModule && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
    ...options,
  };
  await build({
    ...common,
    stdin: { contents: code, resolveDir: here, loader: 'ts', sourcefile: 'app.ts' },
    entryNames: 'app',
  });
  await build({
    ...common,
    stdin: {
      contents: "import '@map/connections/sync-worker';",
      resolveDir: here,
      sourcefile: 'sync-worker.ts',
    },
    entryNames: 'sync-worker',
    outdir: join(folder, name, 'workers'),
  });
  const extension = isModule ? 'mjs' : 'cjs';
  const script = join(folder, name, `app.${extension}`);
  const worker = join(folder, name, 'workers', `sync-worker.${extension}`);
  return await runScript(script, server.url, worker);
}

async function runScript(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    timeout: 60_000,
    // A package manager's folder on NODE_PATH would be found from anywhere.
    env: { ...process.env, NODE_PATH: '' },
  });
  return stdout.trim();
}

const code = `
import { createServer } from 'node:http';
import { once } from 'node:events';
import { ConnectionManager } from '@map/connections';
import { openSyncRedis } from '@map/connections/sync';

const [, , url, worker] = process.argv;
const limits = { ${limits} };
const manager = new ConnectionManager({ redis: { url, ...limits }, http: { circuit: {} } });

function inSync(options) {
  try {
    const redis = openSyncRedis({ url, ...limits, ...options });
    const value = redis.get('bundled');
    redis.close();
    return value;
  } catch (error) {
    return error.code + ': ' + error.message;
  }
}

async function tried(work) {
  try {
    return await work();
  } catch (error) {
    return error.code + ': ' + error.message;
  }
}

async function main() {
  const web = createServer((_request, response) => response.end('fetched')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = 'http://127.0.0.1:' + web.address().port;
  const results = [
    await tried(() => manager.redisConnection((redis) => redis.set('bundled', 'yes'))),
    await tried(async () => (await manager.getHttpClient()).get(address).text()),
    await tried(async () => (await manager.getFetch()(address)).text()),
  ];
  await manager.closeAllConnections();
  web.close();
  console.log(JSON.stringify([...results, inSync({ worker }), inSync({})]));
}
main();
`;

const withoutWorker = expect.stringMatching(
  /^CONFIG_INVALID_3002: Synchronous Redis cannot find its worker in this bundle\. Build .+ as `worker`\.$/,
);

test.each<[string, BuildOptions]>([
  ['modules, split', { format: 'esm', splitting: true }],
  ['modules, whole', { format: 'esm' }],
  // The build of the package has other names than its source.
  ['modules, as installed', { format: 'esm', conditions: [] }],
  ['commonjs', { format: 'cjs', logOverride: { 'empty-import-meta': 'silent' } }],
])('a bundle in %s has Redis, HTTP and Redis without promises', async (name, options) => {
  const results = JSON.parse(await run(name, code, options));
  expect(results).toEqual(['OK', 'fetched', 'fetched', 'yes', withoutWorker]);
});

test('a bundle of modules without `require` says how to get it', async () => {
  const results = JSON.parse(await run('bare', code, { format: 'esm', banner: {} }));
  const refused = (library: string): unknown =>
    expect.stringContaining(
      `CONFIG_INVALID_3002: ${library} cannot be loaded in this bundle of ES modules, which has no \`require\`. Leave ${library} out of the bundle`,
    );
  expect(results).toEqual([
    ...[refused('@redis/client'), 'fetched', refused('undici')],
    ...[refused('@redis/client'), withoutWorker],
  ]);
});

test('a file that is not the worker is refused with the entry to build', async () => {
  await build({
    stdin: {
      contents: `
import { openSyncRedis } from '@map/connections/sync';
const redis = openSyncRedis({ url: process.argv[2], worker: process.argv[3], commandTimeoutMs: 100 });
try {
  redis.get('bundled');
} catch (error) {
  console.log(error.code, error.message);
}
redis.close();`,
      resolveDir: here,
    },
    ...{ bundle: true, platform: 'node', format: 'cjs', conditions: ['@map/source'] },
    ...{ logLevel: 'error', logOverride: { 'empty-import-meta': 'silent' } },
    outfile: join(folder, 'other', 'app.cjs'),
  });
  const empty = join(folder, 'other', 'empty.cjs');
  await writeFile(empty, '');
  expect(await runScript(join(folder, 'other', 'app.cjs'), server.url, empty)).toMatch(
    /^CONNECTION_TIMEOUT_9003 The synchronous Redis worker did not start within \d+ ms\. .+ '@map\/connections\/sync-worker', built as a separate entry\.$/,
  );
});
