import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initializeConfig } from '../../src/index.ts';
import { runChild } from '../support/child.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  /** The libraries that were loaded. */
  readonly loaded: readonly string[];
  find(what: string): Record<string, unknown> | undefined;
  logged(message: string): Record<string, unknown>[];
}

async function start(env: Record<string, string>): Promise<Ended> {
  const preload = fileURLToPath(new URL('../fixtures/loaded.ts', import.meta.url));
  const child = runChild('test/fixtures/warm.ts', {
    env: { METRICS_PORT: '0', ...env },
    nodeArgs: ['--import', preload],
  });
  const { code } = await child.ended;
  const { records, stderr } = child;
  return {
    code,
    stderr,
    loaded: /^loaded: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [],
    find: (what) => records.find((record) => record['what'] === what),
    logged: (message) => records.filter((record) => String(record['message']).startsWith(message)),
  };
}

test('a warm-up loads everything and opens Redis; readiness waits for it and says so', async () => {
  const ended = await start({ REDIS_URL: redis.url, END: 'ready' });
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringMatching(/^loaded: .*\n$/)]);
  expect(ended.find('first')).toMatchObject({
    status: 'fail',
    check: {
      status: 'fail',
      error_type: 'SERVICE_UNAVAILABLE_1005',
      error: expect.stringMatching(/^Warm-up is running: .*fetch/),
    },
  });
  expect(ended.find('warm')).toMatchObject({ status: 'pass', redis: 'open', http: 'open' });
  expect(ended.loaded).toEqual(
    expect.arrayContaining(['@redis/client', 'undici', 'got', 'prom-client']),
  );
  const [done] = ended.logged('Warm-up done');
  expect(Object.keys(done?.['parts_ms'] as object)).toEqual(['redis', 'fetch', 'http', 'scrape']);
});

test('a list loads what it names; true leaves a Redis alone that no setting names', async () => {
  const [listed, all] = await Promise.all([
    start({ WARM_UP: '["fetch"]', METRICS_ENABLED: 'false' }),
    start({ WARM_UP: 'true' }),
  ]);
  expect([listed.code, all.code]).toEqual([0, 0]);
  expect(listed.loaded).toContain('undici');
  expect(
    listed.loaded.filter((name) => ['@redis/client', 'got', 'prom-client'].includes(name)),
  ).toEqual([]);
  expect(all.loaded).toContain('got');
  expect(all.loaded).not.toContain('@redis/client');
});

test('a warm-up that fails is a coded warning; the service becomes ready without it', async () => {
  const ended = await start({
    REDIS_URL: redis.url.replace('redis://', 'redis://nobody:wrong-hunter2@'),
    WARM_UP: '["redis", "fetch"]',
  });
  expect([ended.code, ended.find('ended')]).toEqual([0, { what: 'ended', ok: true }]);
  const [warning, ...others] = ended.logged('Warm-up failed');
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    level: 'WARNING',
    part: 'redis',
    error_type: expect.stringMatching(/^[A-Z_]+_\d{4}$/),
  });
  expect(JSON.stringify(warning)).not.toContain('hunter2');
  // The check of the connection says it from now on.
  expect(ended.find('warm')).toMatchObject({ status: 'fail' });
  expect(ended.loaded).toContain('undici');
});

test('a shutdown in the middle of a warm-up ends it without a word', async () => {
  const ended = await start({ REDIS_URL: redis.url, END: 'now' });
  expect([ended.code, ended.find('ended')]).toEqual([0, { what: 'ended', ok: true }]);
  expect(ended.stderr).toMatch(/^loaded: .*\n$/);
  expect(ended.logged('Warm-up')).toEqual([]);
});

test.each([
  ['everything', '"everything"'],
  [['redis', 'mail'], '"mail"'],
])('a part that does not exist is refused: %j', async (warmUp, shown) => {
  await expect(initializeConfig({ warmUp: warmUp as never })).rejects.toMatchObject({
    code: 'CONFIG_INVALID_3002',
    message: `\`warmUp\` of initializeConfig() must be true, false or a list of redis, fetch, http, scrape, got ${shown}.`,
  });
});
