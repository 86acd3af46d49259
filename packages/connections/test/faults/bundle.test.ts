import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
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
    // What a bundle of ES modules needs for CommonJS packages in it.
    ...(isModule && {
      banner: {
        js: "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);",
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
    entryPoints: [join(here, 'src/sync/sync-worker.ts')],
    outdir: join(folder, name, 'workers'),
  });
  const extension = isModule ? 'mjs' : 'cjs';
  const script = join(folder, name, `app.${extension}`);
  const worker = join(folder, name, 'workers', `sync-worker.${extension}`);
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, worker], {
    cwd: folder,
    timeout: 60_000,
    // A package manager's folder on NODE_PATH would be found from anywhere.
    env: { ...process.env, NODE_PATH: '' },
  });
  return stdout.trim();
}

const code = `
import { ConnectionManager } from '@map/connections';
import { openSyncRedis } from '@map/connections/sync';

const [, , url, worker] = process.argv;
const limits = { ${limits} };
const manager = new ConnectionManager({ redis: { url, ...limits } });

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

async function main() {
  await manager.redisConnection((redis) => redis.set('bundled', 'yes'));
  const http = await manager.getHttpClient();
  const value = await manager.redisConnection((redis) => redis.get('bundled'));
  await manager.closeAllConnections();
  console.log(JSON.stringify([value, typeof http.get, inSync({ worker }), inSync({})]));
}
main();
`;

test.each<[string, BuildOptions]>([
  ['modules, split', { format: 'esm', splitting: true }],
  ['commonjs', { format: 'cjs', logOverride: { 'empty-import-meta': 'silent' } }],
])('a bundle in %s has Redis, HTTP and Redis without promises', async (name, options) => {
  expect(JSON.parse(await run(name, code, options))).toEqual([
    ...['yes', 'function', 'yes'],
    expect.stringMatching(
      /^CONFIG_INVALID_3002: Synchronous Redis cannot find its worker in this bundle\. Build .+ as `worker`\.$/,
    ),
  ]);
});
