import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { healthHandler } from '../../src/index.ts';

const health = healthHandler({
  health: { alive: () => true },
  ready: async () => ({
    status: 'fail',
    reason: 'starting',
    checks: { redis: { status: 'fail', error_type: 'ECONNREFUSED', error: 'redis://u:hunter2@h' } },
  }),
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function expectHealth(url: string): Promise<void> {
  const alive = await fetch(`${url}/health?verbose=1`);
  expect([alive.status, alive.headers.get('content-type')]).toEqual([
    200,
    'application/health+json',
  ]);
  expect(await alive.json()).toMatchObject({
    status: 'pass',
    checks: { alive: { status: 'pass' } },
  });
  const ready = await fetch(`${url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    status: 'fail',
    reason: 'starting',
    checks: { redis: { status: 'fail', error_type: 'ECONNREFUSED' } },
  });
}

describe('healthHandler', () => {
  test('answers the two paths of a server of node:http, and no others', async () => {
    const url = await serve((request, response) => health(request, response));
    await expectHealth(url);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(404);
    expect(await (await fetch(`${url}/ready`, { method: 'HEAD' })).text()).toBe('');
  });

  test('is middleware of express', async () => {
    const app = express();
    app.use(health);
    app.get('/other', (_request, response) => void response.send('other'));
    const url = await serve(app);
    await expectHealth(url);
    expect(await (await fetch(`${url}/other`)).text()).toBe('other');
  });

  test('is a handler of fastify', async () => {
    const app = fastify();
    for (const path of ['/health', '/ready']) {
      app.get(path, (request, reply) => {
        reply.hijack();
        health(request.raw, reply.raw);
      });
    }
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    await expectHealth(url);
  });

  test('a time limit out of range is an error', () => {
    expect(() => healthHandler({ timeoutMs: 0 })).toThrow(
      '`timeoutMs` must be a number from 1 to 2147483647, got 0.',
    );
  });
});
