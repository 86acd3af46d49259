import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, runChild } from '../support/child.ts';

interface Report {
  readonly status: string;
  readonly checks: Record<string, { status: string; slow?: boolean; error_type?: string }>;
}

let redis: RedisServer;
const children: Child[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await redis.stop();
});

async function startChecks(env: Record<string, string> = {}) {
  const child = runChild('test/fixtures/checks.ts', {
    env: { REDIS_URL: redis.url, METRICS_PORT: '0', ...env },
  });
  children.push(child);
  const ready = await child.waitFor(/"what":"ready","metrics":"([^"]+)".*\n/);
  const get = async (path: string) => {
    const answer = await fetch(`${ready[1]}${path}`);
    return { code: answer.status, report: (await answer.json()) as Report };
  };
  return { child, get };
}

test('checks run side by side and once, the slow one is named, the optional one only warns', async () => {
  const { child, get } = await startChecks();
  const [{ code, report }] = await Promise.all([get('/ready'), get('/ready'), get('/ready')]);
  child.kill('SIGUSR2');
  const [, asked] = await child.waitFor(/"asked":(\d+)/);
  expect(Number(asked)).toBe(1);
  expect(code).toBe(200);
  expect(report).toMatchObject({
    status: 'warn',
    checks: {
      counted: { status: 'pass' },
      slow: { status: 'pass', slow: true },
      optional: { status: 'fail', error_type: 'false' },
      redis: { status: 'pass' },
    },
  });
  expect(report.checks['counted']?.slow).toBeUndefined();
});

test('a hanging check is reported and not waited for; liveness does not ask it', async () => {
  const { get } = await startChecks({ HANG: '1' });
  for (let round = 0; round < 2; round += 1) {
    const { code, report } = await get('/ready');
    expect(code).toBe(503);
    expect(report.checks['hanging']).toMatchObject({ status: 'fail', hanging: true, slow: true });
    expect(report.checks['counted']?.status).toBe('pass');
  }
  expect(await get('/health')).toEqual({ code: 200, report: { status: 'pass', checks: {} } });
});
