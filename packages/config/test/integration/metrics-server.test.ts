import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { initializeConfig } from '../../src/index.ts';
import { runChild } from '../support/child.ts';

test('cluster workers share their metrics, and the primary serves the sum', async () => {
  const child = runChild('test/fixtures/cluster.ts', { env: { METRICS_PORT: '0' } });
  const [, url] = await child.waitFor(/"what":"ready","metrics":"([^"]+)"/);
  // A worker that is too busy to answer within a second is in a later scrape.
  const sum = 'tasks_created_total{task_type="clustered"} 2';
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(sum)) await setImmediate();
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
  const workers = child.records.filter(({ what }) => what === 'worker');
  expect(workers.map(({ serves }) => serves)).toEqual([false, false]);
});

test('with metrics disabled, health is still served; access to metrics can be restricted', async () => {
  const { env } = process;
  process.env = { ...env, METRICS_ENABLED: 'false', METRICS_PORT: '0', LOG_LEVEL: 'CRITICAL' };
  try {
    const config = await initializeConfig({
      signals: false,
      metricsServer: { auth: { token: 'planted-scraper-token' } },
    });
    const ask = (path: string) => fetch(`${config.metricsServer?.url}${path}`);
    expect((await ask('/health')).status).toBe(200);
    expect((await ask('/ready')).status).toBe(200);
    expect((await ask('/metrics')).status).toBe(401);
    await config.shutdown();
    const wrong = initializeConfig({
      signals: false,
      metricsServer: { tls: { key: 'x', cert: 'x' } },
    });
    await expect(wrong).rejects.toMatchObject({ details: { step: 'metrics' } });
  } finally {
    process.env = env;
  }
});
