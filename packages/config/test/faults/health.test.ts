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

test('a frozen Redis fails readiness within the limit, and liveness stays well', async () => {
  const { get } = await startChecks();
  redis.pause();
  try {
    const { code, report } = await get('/ready');
    expect(code).toBe(503);
    expect(report.checks['redis']?.status).not.toBe('pass');
    expect((await get('/health')).code).toBe(200);
  } finally {
    redis.resume();
  }
});
