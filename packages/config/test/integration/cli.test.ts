import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, symlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PATIENT, runChild } from '../support/child.ts';
import { runCommand } from '../support/command.ts';

let folder: string;
let redis: RedisServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-config-'));
  redis = await startRedis({ password: 'right' });
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  return runCommand(args, env, folder);
}

/** Runs the program itself, as a shell would. */
async function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = runChild('src/cli/main.ts', { args, env, cwd: folder });
  const { code } = await child.ended;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

test.runIf(existsSync('/dev/full'))('output that cannot be written is one sentence', () => {
  const full = openSync('/dev/full', 'w');
  const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@map/source', '--no-warnings', program, 'check'],
    { cwd: folder, env: {}, stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
  );
  closeSync(full);
  expect(stderr).toBe(
    'map-config: The output cannot be written: ENOSPC: no space left on device, write.\n',
  );
  expect(status).toBe(1);
});

describe('check', () => {
  test('a valid environment: a table with the source of each setting, exit code 0', async () => {
    await writeFile(join(folder, '.env'), 'WORKER_COUNT=8\nLOG_LEVEL=DEBUG\n');
    const { code, stdout } = await run(['check'], { LOG_LEVEL: 'ERROR' });
    await rm(join(folder, '.env'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^setting +source +value$/m);
    expect(stdout).toMatch(/^WORKER_COUNT +\.env line 1 +8$/m);
    expect(stdout).toMatch(/^LOG_LEVEL +environment +ERROR$/m);
    expect(stdout).toMatch(/^METRICS_PORT +default +9090$/m);
    expect(stdout).toContain('The settings of environment development are valid.');
    const changed = await run(['check', '--changed'], { LOG_LEVEL: 'ERROR' });
    expect(changed.stdout).toMatch(/^LOG_LEVEL +environment +ERROR$/m);
    expect(changed.stdout).not.toContain('METRICS_PORT');
  });

  test('a setting of which only parts are set shows their sources, and has changed', async () => {
    await writeFile(join(folder, '.env'), 'LLM_PROVIDERS_CONFIG__OPENAI__TIMEOUT=5s\n');
    const { stdout } = await run(['check', '--changed'], { OPENAI_API_KEY: 'sk-1' });
    await rm(join(folder, '.env'));
    expect(stdout).toMatch(
      /^LLM_PROVIDERS_CONFIG +default, parts from \.env line 1, environment +{"openai":{"timeout":5000,/m,
    );
  });

  test('a wrong one: every problem at once, exit code 1', async () => {
    const env = { LOG_LEVEL: 'LOUD', METRICS_PORT: 'x', REDIS_URL: 'http://x' };
    const { code, stdout, stderr } = await run(['check'], env);
    expect(code).toBe(1);
    // At the end of stdout, so that `map-config check | tail` shows them.
    const end = stdout.trimEnd().split('\n').slice(-5);
    for (const name of Object.keys(env)) {
      expect(end).toContainEqual(expect.stringContaining(`problem: ${name}`));
    }
    expect(end.at(-1)).toBe('3 problems in environment development.');
    expect(stderr).toBe('');
    const json = await run(['check', '--json'], env);
    expect(json.code).toBe(1);
    const report = JSON.parse(json.stdout) as { ok: boolean; problems: string[] };
    expect(report.ok).toBe(false);
    expect(report.problems).toHaveLength(3);
  });

  test('a settings module of the user, in TypeScript', async () => {
    const module = fileURLToPath(new URL('../fixtures/shop-settings.ts', import.meta.url));
    const good = await run(['check', '--settings', module], { SHOP_TOKEN: 'planted-token' });
    expect(good.code, good.stderr).toBe(0);
    expect(good.stdout).toMatch(/^SHOP_LIMIT +default +3$/m);
    expect(good.stdout).toMatch(/^SHOP_TOKEN +environment +\*+$/m);
    const bad = await run(['check', '--settings', module], { SHOP_LIMIT: '0', SHOP_LIMITS: '1' });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/problem: SHOP_LIMIT .*\n.*problem: SHOP_TOKEN|SHOP_TOKEN/);
    expect(bad.stdout).toMatch(/warning: SHOP_LIMITS/);
  });

  test('a settings module that is missing or exports none', async () => {
    expect(await run(['check', '--settings', './none.ts'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^CONFIG_INVALID_3002: The file .*none\.ts does not exist\./),
    });
    await writeFile(join(folder, 'empty.mjs'), 'export const a = 1;');
    expect(await run(['check', '--settings', './empty.mjs'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not export a settings definition'),
    });
  });
});

test('print and explain tell values, sources and what they hide', async () => {
  const env = { WORKER_COUNT: '8' };
  expect((await run(['print'], env)).stdout).toMatch(/^# Application\n[^#]*^WORKER_COUNT=8$/m);
  const printed = await run(['print', '--json'], env);
  expect(JSON.parse(printed.stdout)).toMatchObject({ WORKER_COUNT: 8, ENVIRONMENT: 'development' });
  const { stdout } = await run(['explain', 'worker_count'], env);
  expect(stdout).toMatch(/^WORKER_COUNT {2}Number of parallel workers/);
  expect(stdout).toMatch(/^ {2}value +8$/m);
  expect(stdout).toMatch(/^ {2}source +environment$/m);
  expect(stdout).toMatch(/^ {2}hides +4 from default$/m);
  expect(stdout).toMatch(/^ {2}allowed +1 to 1024$/m);
  const secret = await run(['explain', 'OPENAI_API_KEY'], { OPENAI_API_KEY: 'planted' });
  expect(secret.stdout).toMatch(/^ {2}hides +\(empty\) from default$/m);
  const explained = await run(['explain', 'WORKER_COUNT', '--json'], env);
  expect(JSON.parse(explained.stdout)).toMatchObject({ name: 'WORKER_COUNT', value: '8' });
  const unknown = await run(['explain', 'WORKER_CUONT']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('Did you mean WORKER_COUNT?');
  const similar = await run(['explain', 'REDIS_DATABASE']);
  expect(similar.stderr).toMatch(/Similar settings: .*REDIS_URL/);
  const empty = await run(['explain', 'LOG_LEVEL'], { LOG_LEVEL: '' });
  expect(empty.stdout).toMatch(/^ {2}value +INFO$/m);
  expect(empty.stdout).toMatch(/^ {2}empty +environment$/m);
});

test('a key in the wrong place and a password inside a default are not printed', async () => {
  const env = {
    LLM_PROVIDERS_CONFIG: '{"openai":{"apiKey":"planted-1","api_key":["planted-2"]}}',
    LLM_PROVIDERS_CONFIG__GROQ__APIKEY: 'planted-3',
  };
  const texts = await Promise.all([
    run(['check'], env),
    run(['check', '--json'], env),
    run(['explain', 'LLM_PROVIDERS_CONFIG'], env),
    run(['explain', 'LLM_PROVIDERS_CONFIG', '--json'], env),
    run(['print'], env),
  ]);
  expect(JSON.stringify(texts)).not.toContain('planted');
  const module = fileURLToPath(new URL('../fixtures/default-password.ts', import.meta.url));
  for (const command of [
    ['explain', 'DB'],
    ['explain', 'DB', '--json'],
    ['check'],
    ['print'],
    ['docs'],
  ]) {
    const { code, stdout } = await run([...command, '--settings', module]);
    expect(code).toBe(0);
    expect(stdout).toContain('postgres://app:**********@db/app');
    expect(stdout).not.toContain('planted');
  }
});

test('check --python-env names the lines that python-dotenv reads differently', async () => {
  await writeFile(join(folder, '.env'), 'APP_NAME="same"\nOPENAI_API_KEY=planted#more\n');
  const { code, stdout } = await run(['check', '--python-env']);
  await rm(join(folder, '.env'));
  expect(code).toBe(1);
  expect(stdout).toContain('.env line 2: OPENAI_API_KEY differs in Python: an unquoted value ends');
  expect(stdout).not.toContain('planted');
  expect((await run(['check', '--python-env'])).code).toBe(0);
});

test('check --python-env reads the files that the definition names, and no pipe twice', async () => {
  const module = join(folder, 'files.mjs');
  await writeFile(
    module,
    `import { defineSettings } from '${import.meta.resolve('@map/settings')}';
     export default defineSettings({}, { envFiles: ['app.env', 'piped.env'] });`,
  );
  await writeFile(join(folder, 'app.env'), 'APP_NAME=planted#more\n');
  execFileSync('mkfifo', [join(folder, 'piped.env')]);
  const writer = spawn('sh', ['-c', 'echo APP_VERSION=2 > piped.env'], { cwd: folder });
  const { stdout } = await start(['check', '--python-env', '--settings', module]);
  writer.kill();
  await rm(join(folder, 'piped.env'));
  expect(stdout).toContain('app.env line 1: APP_NAME differs in Python');
  expect(stdout).toContain('piped.env is a pipe: --python-env needs a file');
  expect(stdout).toMatch(/^APP_VERSION +piped\.env line 1 +2$/m);
  expect(stdout).not.toContain('planted#');
});

test('docs, env-example and json-schema write what the schemas say', async () => {
  expect((await run(['docs'])).stdout).toContain('| `METRICS_PORT` |');
  const example = await run(['env-example']);
  expect(example.stdout).toContain('METRICS_PORT=');
  const { stdout } = await run(['json-schema']);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { APP_NAME: {} } });
});

test('codes lists the codes, or those with a word in their name', async () => {
  const all = JSON.parse((await run(['codes', '--json'])).stdout) as {
    code: string;
    remedy?: string;
  }[];
  expect(all.length).toBeGreaterThan(80);
  const { stdout } = await run(['codes', 'rate_limited']);
  expect(stdout).toMatch(/^LLM_RATE_LIMITED_5001 {2}\S/m);
  for (const label of ['causes', 'remedy', 'http', 'retry', 'users']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${label} +\\S`, 'm'));
  }
  expect(all.every(({ remedy }) => typeof remedy === 'string')).toBe(true);
  const { stdout: ofRedis } = await run(['codes', 'redis']);
  expect(ofRedis).toMatch(/^REDIS_UNAVAILABLE_9101 +\S/m);
  const count = ofRedis.match(/^REDIS_/gm)?.length ?? 0;
  expect(count).toBeGreaterThan(3);
  expect(ofRedis.match(/^ +causes +\S/gm)).toHaveLength(count);
  expect(ofRedis.match(/^ +remedy +\S/gm)).toHaveLength(count);
  expect((await run(['codes'])).stdout).toMatch(/^REDIS_UNAVAILABLE_9101 +503/m);
  expect((await run(['codes', 'nothing-like-it'])).code).toBe(1);
});

describe('doctor', () => {
  test('what works is ok, with its time', async () => {
    const provider = createServer((_request, response) => response.writeHead(401).end());
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const { code, stdout } = await run(['doctor', '--json', '--timeout-ms', '50000'], {
      ...PATIENT,
      REDIS_URL: redis.url,
      METRICS_PORT: String(await freePort()),
      LOG_FILE: join(folder, 'app.log'),
      LLM_PROVIDERS_CONFIG__LOCAL__BASE_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`,
    });
    provider.close();
    const { ok, probes } = JSON.parse(stdout) as { ok: boolean; probes: Record<string, unknown>[] };
    expect(probes.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['redis', 'ok'],
      ['provider local', 'ok'],
      ['metrics port', 'ok'],
      ['log file', 'ok'],
    ]);
    expect(probes.every(({ duration_ms }) => typeof duration_ms === 'number')).toBe(true);
    expect([ok, code]).toEqual([true, 0]);
  });

  test('a provider is contacted over its own connection: proxy, headers, limits', async () => {
    const seen: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      if (request.url === '/silent') return;
      seen.push(request);
      response.end();
    });
    server.on('connect', (_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      server.emit('connection', socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout } = await run(['doctor', '--json', '--timeout-ms', '50000'], {
      ...PATIENT,
      REDIS_URL: redis.url,
      METRICS_ENABLED: 'false',
      LLM_PROVIDERS_CONFIG: JSON.stringify({
        far: { base_url: 'http://far.invalid/v1', proxy: url, headers: { 'x-team': 'blue' } },
        slow: { base_url: `${url}/silent`, first_byte_timeout: '30ms', api_key: 'sk-of-doctor' },
        unused: { base_url: `${url}/silent`, enabled: false },
      }),
    });
    server.closeAllConnections();
    server.close();
    const { probes } = JSON.parse(stdout) as { probes: Record<string, string>[] };
    expect(probes.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['redis', 'ok'],
      ['provider far', 'ok'],
      ['provider slow', 'failed'],
    ]);
    expect(probes[2]?.['message']).toContain('LLM_TIMEOUT_5009');
    expect(probes[2]?.['remedy']).toContain('LLM_PROVIDERS_CONFIG__SLOW__PROXY');
    expect(seen.map(({ headers }) => headers)).toMatchObject([
      { host: 'far.invalid', 'x-team': 'blue' },
    ]);
  });

  test('what does not work is named, with a remedy, and the exit code is 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { code, stdout } = await run(['doctor', '--json', '--timeout-ms', '2000'], {
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      METRICS_PORT: String((taken.address() as AddressInfo).port),
      // Beneath a file.
      LOG_FILE: join(import.meta.filename, 'app.log'),
      LLM_PROVIDERS_CONFIG__LOCAL__BASE_URL: `http://127.0.0.1:${await freePort()}/`,
    });
    taken.close();
    expect(code).toBe(1);
    const { probes } = JSON.parse(stdout) as { probes: Record<string, string>[] };
    expect(probes.map(({ verdict }) => verdict)).toEqual(Array(4).fill('failed'));
    const [, , port, file] = probes;
    expect(probes[0]?.['message']).toContain('CONNECTION_REFUSED_9001');
    expect(probes[0]?.['remedy']).toContain('REDIS_URL');
    expect(probes[1]?.['remedy']).toContain('LLM_PROVIDERS_CONFIG__LOCAL__BASE_URL');
    expect(port?.['remedy']).toContain('METRICS_PORT');
    expect(file?.['remedy']).toContain('a path that can exist');
  });

  test('a log file that is a named pipe needs a reader, and a symbolic link a target', async () => {
    const pipe = join(folder, 'log.pipe');
    execFileSync('mkfifo', [pipe]);
    const examine = async (file = pipe) => {
      const { code, stdout } = await run(['doctor', '--json', '--timeout-ms', '50000'], {
        ...PATIENT,
        REDIS_URL: redis.url,
        METRICS_ENABLED: 'false',
        LOG_FILE: file,
      });
      const { probes } = JSON.parse(stdout) as { probes: Record<string, string>[] };
      return { code, ...probes.find(({ name }) => name === 'log file') };
    };
    expect(await examine()).toMatchObject({
      code: 1,
      verdict: 'failed',
      message: 'CONFIG_INVALID_3002: It is a named pipe without a reader.',
      remedy: expect.stringContaining('Set LOG_FILE to a regular file'),
    });
    const [loop, dangling] = [join(folder, 'loop'), join(folder, 'dangling')];
    symlinkSync(loop, loop);
    symlinkSync(join(folder, 'nowhere', 'app.log'), dangling);
    for (const [file, message, remedy] of [
      [loop, 'ELOOP', 'a path that can exist'],
      [dangling, 'symbolic link', 'Create the directory of the target'],
    ] as const) {
      expect(await examine(file)).toMatchObject({
        code: 1,
        verdict: 'failed',
        message: expect.stringContaining(message),
        remedy: expect.stringContaining(remedy),
      });
    }
    // The logger creates them.
    expect(await examine(join(folder, 'new', 'deep', 'app.log'))).toMatchObject({
      code: 0,
      verdict: 'ok',
      message: expect.stringContaining('can be created'),
    });
    expect(await examine('/dev/null')).toMatchObject({
      verdict: 'ok',
      message: expect.stringContaining('It is a device'),
    });
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(await examine()).toMatchObject({ code: 0, verdict: 'ok' });
    closeSync(reader);
  });

  test('a wrong password is distinguished from a Redis that is not there', async () => {
    const { stdout } = await run(['doctor', '--timeout-ms', '50000'], {
      REDIS_URL: redis.url.replace(':right@', ':planted-wrong@'),
      METRICS_ENABLED: 'false',
    });
    expect(stdout).toContain('REDIS_AUTH_FAILED_9102');
    expect(stdout).toContain('redis: Correct the user or the password');
    expect(stdout).not.toContain('planted-wrong');
  });
});

test('dashboards and alerts: written to a file or printed, with the prefix of the settings', async () => {
  const env = { METRICS_PREFIX: 'shop_' };
  const printed = await run(['dashboards'], env);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  const dashboard = JSON.parse(printed.stdout) as { title: string; panels: unknown[] };
  expect(dashboard.title).toBe('Agent platform');
  expect(printed.stdout).toContain('rate(shop_llm_requests_total{');
  const file = join(folder, 'alerts.json');
  const written = await run(['alerts', file, '--budget-usd', '12'], env);
  expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
  const rules = await readFile(file, 'utf8');
  expect(rules).toContain('(increase(shop_llm_cost_usd_total[6h])) * 4 > 12');
  const nowhere = await run(['alerts', join(folder, 'missing', 'alerts.json')]);
  expect(nowhere.code).toBe(1);
  expect(nowhere.stderr).toContain('ENOENT');
});

test('wrong words: exit code 2 and the remedy', async () => {
  expect(await run(['chekc'])).toMatchObject({ code: 2, stdout: '' });
  expect((await run(['explain'])).code).toBe(2);
  expect((await run(['--help'])).stdout).toContain('Usage: map-config');
});

test('the program: exit code, both outputs, colour only where it is wanted, version', async () => {
  const esc = String.fromCharCode(27);
  const [wrong, plain, colored, version] = await Promise.all([
    start(['check'], { LOG_LEVEL: 'LOUD' }),
    start(['check']),
    start(['check'], { FORCE_COLOR: '1' }),
    start(['--version']),
  ]);
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('problem: LOG_LEVEL') });
  expect(plain).toMatchObject({ code: 0, stderr: '' });
  expect(plain.stdout).not.toContain(esc);
  expect(colored.stdout).toContain(esc);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [['codes'], []],
  [['check'], []],
  [['doctor'], ['@redis/client', 'undici']],
])('%j loads no library that it does not need', async (args, needed) => {
  const child = runChild('src/cli/main.ts', {
    args,
    env: { REDIS_URL: redis.url, LLM_PROVIDERS_CONFIG__LOCAL__BASE_URL: 'http://127.0.0.1:9/' },
    nodeArgs: ['--import', fileURLToPath(new URL('../fixtures/loaded.ts', import.meta.url))],
    cwd: folder,
  });
  await child.ended;
  const loaded = (/^loaded: (.*)$/m.exec(child.stderr)?.[1] ?? 'nothing said').split(' ');
  const heavy = [
    'winston',
    'prom-client',
    '@redis/client',
    'got',
    'undici',
    'ajv',
    'env-schema',
    'synckit',
  ];
  expect(loaded.filter((name) => heavy.includes(name)).sort()).toEqual([...needed].sort());
});
