// A module of @nestjs/testing is made before its server: MapModule finds that only when it starts.

import 'reflect-metadata';
import { type Config, logger } from '@map/config';
import { MAP_CONFIG, MapModule } from '@map/config/nest';
import { loadSettings } from '@map/config/settings';
import { metricValue } from '@map/metrics/testing';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, expect, test } from 'vitest';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(restoreMetrics);

class Items {
  show(): object {
    return { trace: logger.getContext()?.traceId };
  }
}
const show = Object.getOwnPropertyDescriptor(Items.prototype, 'show') as PropertyDescriptor;
Controller('items')(Items);
Get(':id')(Items.prototype, 'show', show);

test.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('requests to a testing module on %s have their context and their route', async (_, adapter) => {
  const settings = () => loadSettings({ envFiles: [], env: {} });
  const options = { settings, metricsServer: false, signals: false, logging: { console: false } };
  const module = await Test.createTestingModule({
    imports: [MapModule.forRoot(options as never)],
    controllers: [Items],
  }).compile();
  const app: INestApplication = module.createNestApplication(adapter() as never, { logger: false });
  await app.listen(0, '127.0.0.1');
  // Other files of this process may have counted some.
  const unmatched = () => metricValue('http_requests_total', { route: 'unmatched' });
  const before = unmatched();
  try {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const response = await fetch(`${await app.getUrl()}/items/7`, { headers: { traceparent } });
    expect(await response.json()).toEqual({ trace: traceId });
    expect(app.get<Config>(MAP_CONFIG)).toBeDefined();
    await expect
      .poll(() => metricValue('http_requests_total', { route: '/items/:id' }), { timeout: 10_000 })
      .toBeGreaterThan(0);
    expect(unmatched()).toBe(before);
  } finally {
    await app.close();
  }
});
