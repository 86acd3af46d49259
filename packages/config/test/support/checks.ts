import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll } from 'vitest';
import { type Child, runChild } from './child.ts';

interface Report {
  readonly status: string;
  readonly checks: Record<string, { status: string; slow?: boolean; error_type?: string }>;
}

/** A service with health checks, and a request to its metrics server. */
interface CheckedService {
  readonly child: Child;
  get(path: string): Promise<{ code: number; report: Report }>;
}

/**
 * Gives the tests of a file a Redis, and services that check it.
 *
 * @returns The Redis, and what starts one more service.
 */
export function useChecks(): {
  redis(): RedisServer;
  start(env?: Record<string, string>): Promise<CheckedService>;
} {
  let redis: RedisServer;
  const children: Child[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await redis.stop();
  });
  return {
    redis: () => redis,
    async start(env = {}) {
      const child = runChild('test/fixtures/checks.ts', {
        env: { REDIS_URL: redis.url, METRICS_PORT: '0', ...env },
      });
      children.push(child);
      const ready = await child.waitFor(/"what":"ready","metrics":"([^"]+)".*\n/);
      const get: CheckedService['get'] = async (path) => {
        const response = await fetch(`${ready[1]}${path}`);
        return { code: response.status, report: (await response.json()) as Report };
      };
      return { child, get };
    },
  };
}
