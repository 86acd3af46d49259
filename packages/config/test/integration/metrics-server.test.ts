import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { getSettings } from '../../src/entries/settings.ts';
import { initializeConfig } from '../../src/index.ts';
import { runChild } from '../support/child.ts';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(restoreMetrics);

test('cluster workers share their metrics, and the primary serves the sum', async () => {
  const child = runChild('test/fixtures/cluster.ts', { env: { METRICS_PORT: '0' } });
  const [, url] = await child.waitFor(/"what":"ready","metrics":"([^"]+)"/);
  // A worker that is too busy to answer within a second is in a later scrape.
  const sum = 'tasks_created_total{task_type="clustered"} 2';
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(sum)) await setImmediate();
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
  const workers = child.records.filter(({ what }) => what === 'worker');
  const urls = workers.map((worker) => worker['url']).filter((each) => each !== undefined);
  expect(workers).toHaveLength(4);
  // Those of pm2 with METRICS_PORT=0, each on its own port.
  expect(new Set(urls).size).toBe(2);
  const warnings = child.records.filter(({ level }) => level === 'WARNING');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.['message']).toContain("pm2's instances share METRICS_PORT");
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

test('the status page links the codes that have documentation, and shows settings if asked for', async () => {
  const { env } = process;
  process.env = {
    ...env,
    METRICS_PORT: '0',
    LOG_LEVEL: 'CRITICAL',
    REDIS_PASSWORD: 'planted-password',
  };
  try {
    const config = await initializeConfig({
      signals: false,
      metricsServer: {
        statusPage: {
          settings: true,
          errorUrl: (code) => (code === 'STOCK_EMPTY_10001' ? 'https://app.test/stock' : undefined),
        },
      },
    });
    for (const error_type of ['LLM_RATE_LIMITED_5001', 'LLM_MADE_UP_5001', 'STOCK_EMPTY_10001']) {
      config.metrics.trackLlm('errors', { model: 'm', error_type });
    }
    const html = await (await fetch(config.metricsServer?.url ?? '')).text();
    expect(html).toMatch(/<a [^>]*error-codes\.md#llm_rate_limited_5001"[^>]*>/);
    expect(html).toContain('href="https://app.test/stock"');
    expect(html).toContain('LLM_MADE_UP_5001');
    expect(html).not.toContain('llm_made_up_5001');
    expect(html).toMatch(/LOG_LEVEL<\/th><td>CRITICAL<\/td><td>environment/);
    expect(html).toMatch(/REDIS_PASSWORD<\/th><td>/);
    expect(html).not.toContain('planted-password');
    await config.shutdown();
    const without = await initializeConfig({ signals: false });
    const plain = await (await fetch(without.metricsServer?.url ?? '')).text();
    expect(plain).not.toContain('id="settings"');
    await without.shutdown();
    const wrong = initializeConfig({
      signals: false,
      settings: () => getSettings(),
      metricsServer: { statusPage: { settings: true } },
    });
    await expect(wrong).rejects.toMatchObject({
      message: expect.stringContaining('Pass the result of defineSettings()'),
    });
  } finally {
    process.env = env;
  }
});
