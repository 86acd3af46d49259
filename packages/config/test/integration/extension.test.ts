import { expect, test } from 'vitest';
import { runChild } from '../support/child.ts';

test('own settings, log format, connection, error and metric work like what is there', async () => {
  const child = runChild('test/fixtures/extension-app.ts', {
    env: { SHOP_LIMIT: '5', SHOP_TOKEN: 'planted-shop-token', METRICS_PORT: '0' },
  });
  expect((await child.ended).code, child.stderr).toBe(0);
  const [result, report] = child.records;
  expect(result).toEqual({
    what: 'result',
    answer: 'hello',
    error: { code: 'SOLD_OUT_10901', status: 409 },
    limit: 5,
    checks: ['limit', 'redis', 'http', 'echo'],
    metrics: [
      expect.stringMatching(
        /^connection_pool_created_connections_total\{pool="echo",kind="echo"\} 1/,
      ),
      'shop_sales_total{currency="EUR"} 5',
    ],
  });
  expect(report).toMatchObject({ ok: true, endings: expect.arrayContaining(['echo server']) });
  expect(child.stdout).toMatch(/^line level=INFO message=Sold .*token=\*{10}$/m);
  expect(child.stdout).not.toContain('planted-shop-token');
});

test('own settings are checked like the stock ones', async () => {
  const child = runChild('test/fixtures/extension-app.ts', { env: { SHOP_LIMIT: '0' } });
  expect((await child.ended).code).toBe(1);
  expect(child.stdout).toContain('SHOP_LIMIT');
});
