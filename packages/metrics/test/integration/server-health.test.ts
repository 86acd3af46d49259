import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@map-tooling/testing';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { MetricsManager, type MetricsServer, type MetricsServerOptions } from '../../src/index.ts';
import { ask, start as startServer } from '../support/server.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true, version: '1.2.3' });
});

const start = (options: MetricsServerOptions = {}): Promise<MetricsServer> =>
  startServer({ manager, ...options });

describe('/health and /ready', () => {
  test('report the checks as application/health+json, without any message', async () => {
    const { url } = await start({
      timeoutMs: 400,
      health: { alive: () => true },
      ready: {
        redis: async () => ({ ok: true }),
        database: () => {
          throw Object.assign(new Error('password hunter2 is wrong'), { code: 'EAUTH' });
        },
        queue: () => false,
        slow: () => new Promise(() => undefined),
      },
    });
    const health = await ask(`${url}/health`);
    expect(health.status).toBe(200);
    expect(health.headers['content-type']).toBe('application/health+json');
    expect(JSON.parse(health.body.toString())).toMatchObject({
      status: 'pass',
      checks: { alive: { status: 'pass' } },
    });
    const ready = await ask(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.body.toString())).toMatchObject({
      status: 'fail',
      checks: {
        redis: { status: 'pass' },
        database: { status: 'fail', error_type: 'EAUTH' },
        queue: { status: 'fail', error_type: 'not_ok' },
        slow: { status: 'fail', error_type: 'timeout' },
      },
    });
    expect(ready.body.toString()).not.toContain('hunter2');
  });
});

describe('a report of the application', () => {
  test.each([
    ['pass', 200],
    ['warn', 200],
    ['fail', 503],
  ] as const)('with status %s responds with %i, without messages', async (status, code) => {
    const checks = {
      redis: { status, duration_ms: 3, error_type: 'ECONNREFUSED', error: 'no redis://u:hunter2@' },
    };
    const { url } = await start({ health: async () => ({ status, reason: 'why', checks }) });
    const response = await ask(`${url}/health`);
    expect(response.status).toBe(code);
    expect(JSON.parse(response.body.toString())).toEqual({
      status,
      reason: 'why',
      checks: { redis: { status, duration_ms: 3, error_type: 'ECONNREFUSED' } },
    });
  });

  test('have no secret in a name, a code or a reason', async () => {
    const code = 'ghp_planted4711abcdefghijklmnopqrstuvw';
    const { url } = await start({
      health: {
        'redis://app:planted@h/': () => {
          throw Object.assign(new Error('down'), { code });
        },
      },
      ready: () => ({ status: 'fail', reason: 'waits for token=planted', checks: {} }),
    });
    const health = JSON.parse((await ask(`${url}/health`)).body.toString());
    expect(health.checks).toMatchObject({
      'redis://app:**********@h/': { status: 'fail', error_type: '**********' },
    });
    expect(JSON.parse((await ask(`${url}/ready`)).body.toString())).toMatchObject({
      reason: 'waits for token=**********',
    });
  });

  test('concurrent requests share one run of the checks', async () => {
    let runs = 0;
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const { url } = await start({ health: { slow: () => (++runs === 1 ? done : undefined) } });
    const both = [ask(`${url}/health`), ask(`${url}/ready`)];
    await expect.poll(() => runs).toBe(1);
    finish();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('what an application says about its health', () => {
  test('a check that is not a function, such as the promise of one, does not pass', async () => {
    const health = { promise: Promise.resolve(false), missing: undefined } as never;
    const { url } = await start({ health });
    const { status, body } = await ask(`${url}/health`);
    expect(status).toBe(503);
    expect(JSON.parse(body.toString())).toMatchObject({
      checks: { promise: { status: 'fail' }, missing: { status: 'fail' } },
    });
  });

  test.each([
    ['throws', () => Promise.reject(new TypeError('hunter2')), 'TypeError'],
    ['hangs', () => new Promise(() => undefined), 'timeout'],
    ['answers nothing', () => undefined, 'TypeError'],
    ['cannot be written', () => ({ ok: true, report: { size: 1n } }), 'TypeError'],
  ])('a source that %s is answered for with 503', async (_, health, error_type) => {
    const { url } = await start({ health: health as never, timeoutMs: 400 });
    const { status, body } = await ask(`${url}/health`);
    expect([status, JSON.parse(body.toString())]).toEqual([503, { status: 'fail', error_type }]);
  });
});

describe('connections that others hold open', () => {
  test.each(['http', 'https'] as const)('do not shut /health out, over %s', async (scheme) => {
    const certificate = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-metrics-')));
    const { url, port } = await start(scheme === 'https' ? { tls: certificate } : {});
    const origin = url.replace('127.0.0.1', 'localhost');
    const ca = certificate.cert;
    // A third each: kept alive after a request, half a request sent, nothing sent.
    const agent = new (scheme === 'https' ? HttpsAgent : HttpAgent)({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    await Promise.all(Array.from({ length: 90 }, () => ask(`${origin}/health`, { agent, ca })));
    for (const text of ['', 'GET /metrics HTTP/1.1\r\nhost: a\r\nx: ']) {
      await Promise.all(
        Array.from({ length: 90 }, async () => {
          const socket = connect(port, '127.0.0.1');
          onTestFinished(() => void socket.destroy());
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          socket.write(text);
        }),
      );
    }
    for (let times = 0; times < 3; times++) {
      expect((await ask(`${origin}/health`, { ca })).status).toBe(200);
      expect((await ask(`${origin}/metrics`, { ca })).status).toBe(200);
    }
  });

  test('nor do requests that hang on every connection, for several callers at once', async () => {
    const hanging = new Promise(() => undefined);
    const { url, port } = await start({ ready: { hanging: () => hanging }, timeoutMs: 60_000 });
    for (let i = 0; i < 300; i++) {
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write('GET /ready HTTP/1.1\r\nhost: a\r\n\r\n');
    }
    for (let times = 0; times < 3; times++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(`${url}/health`)));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    }
  });

  test('a response in flight is not cut off for them', async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const { url, port } = await start({ health: { slow: () => done }, timeoutMs: 60_000 });
    const slow = ask(`${url}/health`);
    for (let i = 0; i < 300; i++) {
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined);
      await once(socket, 'connect');
    }
    finish();
    expect((await slow).status).toBe(200);
  });
});
