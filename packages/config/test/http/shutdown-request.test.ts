import type { AddressInfo } from 'node:net';
import { closeServer, createLifecycle, type Lifecycle } from '@map/lifecycle';
import express from 'express';
import Fastify from 'fastify';
import { expect, test } from 'vitest';

const started: Record<string, (app: Lifecycle) => Promise<number>> = {
  express: async (app) => {
    const web = express();
    web.use(express.json());
    web.post('/shutdown', async (_request, response) => {
      response.json(await app.shutdown('request'));
    });
    const server = web.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    app.onShutdown('web', (signal) => closeServer(server, signal));
    return (server.address() as AddressInfo).port;
  },
  fastify: async (app) => {
    const web = Fastify();
    web.post('/shutdown', () => app.shutdown('request'));
    await web.listen({ port: 0, host: '127.0.0.1' });
    // Fastify waits for its requests by itself.
    app.onShutdown('web', () => web.close());
    return (web.server.address() as AddressInfo).port;
  },
};

test.each(Object.keys(started))('POST /shutdown of %s does not wait for itself', async (name) => {
  const app = createLifecycle({ shutdownTimeoutMs: 60_000 });
  const port = await (started[name] as (app: Lifecycle) => Promise<number>)(app);
  const startedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/shutdown`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"reason":"deploy"}',
  });
  expect(await response.json()).toMatchObject({ ok: true, pending: true, reason: 'request' });
  expect(await app.ended).toMatchObject({ ok: true, notEnded: [] });
  // The server's part of the limit is more than 10 s.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
