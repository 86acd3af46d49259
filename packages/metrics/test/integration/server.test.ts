import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeCertificate } from '@map-tooling/testing';
import client from 'prom-client';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  MetricsError,
  MetricsManager,
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '../../src/index.ts';
import { metricValue } from '../../src/testing.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.5';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true, version: '1.2.3' });
});

async function start(options: MetricsServerOptions = {}): Promise<MetricsServer> {
  const server = await startMetricsServer({ port: 0, manager, ...options });
  onTestFinished(() => server.stop());
  return server;
}

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** A request that adds nothing: no decompression, no added headers. */
function ask(
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    ca?: string;
    agent?: HttpAgent;
    path?: string;
  } = {},
): Promise<Raw> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https') ? httpsRequest : httpRequest)(
      url,
      rest,
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: Buffer.concat(pieces) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

describe('/metrics', () => {
  test('text by default, OpenMetrics with exemplars where it is preferred', async () => {
    manager.configure({ exemplar: () => ({ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }) });
    manager.trackLlm('requests', { model: 'm' });
    manager.trackLlm('duration', { model: 'm' }, 0.3);
    const { url } = await start();
    const text = await ask(`${url}/metrics`);
    expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text.body.toString()).not.toContain('trace_id');
    expect(text.body.toString()).not.toContain('# EOF');

    const open = await ask(`${url}/metrics`, { headers: { accept: OPENMETRICS } });
    expect(open.headers['content-type']).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(open.body.toString().endsWith('# EOF\n')).toBe(true);
    const samples = parseExposition(open.body.toString());
    const bucket = samples.find(
      ({ name, labels }) =>
        name === 'llm_request_duration_seconds_bucket' && labels['le'] === '0.32',
    );
    expect(bucket?.exemplar).toEqual({
      labels: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
      value: 0.3,
    });
    expect(samples.find(({ name }) => name === 'llm_requests_total')?.exemplar?.value).toBe(1);
  });

  test('gzip only for those who take it', async () => {
    manager.trackTask('created');
    const { url } = await start();
    const zipped = await ask(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toContain('tasks_created_total 1');
    const plain = await ask(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip;q=0, br' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toContain('tasks_created_total 1');
  });

  test('process metrics, registries of prom-client, prefix and default labels', async () => {
    manager.configure({ prefix: 'app_', defaultLabels: { service: 'a"b', cache: 'default' } });
    manager.trackCache('hits', { cache: 'own' });
    const registry = new client.Registry();
    new client.Counter({ name: 'legacy_total', help: 'l', registers: [registry] }).inc(2);
    new client.Gauge({
      name: 'broken',
      help: 'b',
      registers: [registry],
      collect: () => {
        throw new Error('it fails');
      },
    });
    const { url } = await start({ registries: [registry] });
    for (const accept of ['text/plain', OPENMETRICS, 'text/plain']) {
      const samples = parseExposition(
        (await ask(`${url}/metrics`, { headers: { accept } })).body.toString(),
      );
      const find = (name: string) => samples.find((sample) => sample.name === name);
      expect(find('app_cache_hits_total')?.labels).toEqual({ cache: 'own', service: 'a"b' });
      expect(find('legacy_total')).toMatchObject({ value: 2, labels: { service: 'a"b' } });
      expect(find('process_cpu_user_seconds_total')?.value).toBeGreaterThan(0);
      expect(find('nodejs_active_handles_total')).toBeUndefined();
      expect(find('app_map_build_info')?.labels).toMatchObject({ version: '1.2.3' });
    }
    expect(
      metricValue('app_metrics_rejected_total', { metric: 'broken', reason: 'collect' }, manager),
    ).toBe(3);
  });

  test('a metric that two registries hold is shown once, and a broken registry costs only itself', async () => {
    const own = new client.Registry();
    client.collectDefaultMetrics({ register: own });
    const broken = {
      getMetricsAsArray: () => {
        throw new Error('broken');
      },
    };
    const { url } = await start({ registries: [broken, own] });
    const { status, body } = await ask(`${url}/metrics`);
    expect(status).toBe(200);
    const heads = body.toString().match(/^# TYPE process_cpu_seconds_total /gm);
    expect(heads).toHaveLength(1);
    expect(metricValue('metrics_rejected_total', { metric: 'registry' }, manager)).toBe(1);
  });

  test('with collection off there is nothing to see, and nothing is registered', async () => {
    manager.configure({ enabled: false });
    manager.trackTask('created');
    manager.metric('llm', 'duration').labels({ model: 'm' }).observe(1);
    const { url } = await start();
    const answer = await ask(`${url}/metrics`);
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
  });

  test('a large scrape lets the event loop run in between', async () => {
    manager.configure({ maxSeries: 1e6 });
    const counter = manager.defineCounter({ name: 'many_total', help: 'Many', labels: ['a'] });
    for (let i = 0; i < 20_000; i++) counter.inc({ a: i });
    const { url } = await start();
    let turns = 0;
    const turn = () => {
      turns++;
      if (turns > 0) timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    const { body } = await ask(`${url}/metrics`);
    clearImmediate(timer);
    expect(
      parseExposition(body.toString()).filter(({ name }) => name === 'many_total'),
    ).toHaveLength(20_000);
    expect(turns).toBeGreaterThan(10);
  });

  test('a reader that does not read is cut off, and the next one is served', async () => {
    const values = [{ labels: { a: 'x'.repeat(20_000_000) }, value: 1 }];
    const family = { name: 'large', help: 'Large', type: 'gauge', values };
    const registries = [{ getMetricsAsArray: () => [{ ...family, get: async () => family }] }];
    const { port, url } = await start({ timeoutMs: 700, registries });
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => slow.once('close', () => resolve()));
    slow.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n');
    slow.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    slow.resume();
    await closed;
    expect((await ask(`${url}/health`)).status).toBe(200);
    expect(metricValue('metrics_scrape_duration_seconds', {}, manager)).toBe(0);
  });
});

test('what hangs is left out in time, however short that is', async () => {
  manager.trackTask('created');
  const hangs = () => new Promise<never>(() => undefined);
  manager.defineGauge({ name: 'stuck', help: 'Stuck', collect: hangs });
  manager.onCollect(hangs);
  const registry = new client.Registry();
  registry.registerMetric({ name: 'stuck_too', get: hangs } as never);
  new client.Counter({ name: 'legacy_total', help: 'l', registers: [registry] }).inc(2);
  const { url } = await start({ timeoutMs: 2000, registries: [registry] });
  const { status, body } = await ask(`${url}/metrics`);
  expect([status, body.toString()]).toEqual([
    200,
    expect.stringContaining('tasks_created_total 1'),
  ]);
  expect(body.toString()).toContain('legacy_total 2');
  expect(body.toString()).toContain('metrics_rejected_total{metric="stuck",reason="collect"} 1');
  expect(metricValue('metrics_rejected_total', { metric: 'stuck_too' }, manager)).toBe(1);
});

describe('many scrapes at once', () => {
  test('eight are answered, the others told to come back', async () => {
    manager.defineGauge({
      name: 'slow',
      help: 'Slow',
      collect: () => new Promise((resolve) => setTimeout(resolve, 300)),
    });
    const { url } = await start();
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(`${url}/metrics`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(4);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect((await ask(`${url}/metrics`)).status).toBe(200);
  });
});

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

describe('requests', () => {
  test('a page for people, 404, 405, 413 and HEAD', async () => {
    manager.trackTask('created');
    manager.defineCounter({ name: 'odd_total', help: '<script>alert(1)</script>' }).inc();
    const { url } = await start();
    const page = await ask(`${url}/`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body.toString()).toContain('tasks_created_total');
    expect(page.body.toString()).not.toContain('<script>alert');
    expect((await ask(`${url}/nothing`)).status).toBe(404);
    const post = await ask(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await ask(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(5000) })).status).toBe(
      413,
    );
    const head = await ask(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test('a request with scheme and host is answered, and guarded, as one without', async () => {
    manager.trackTask('created');
    const { port } = await start({ auth: { token: 's3cret' } });
    const through = async (path: string, authorization: string) =>
      (await ask(`http://127.0.0.1:${port}`, { path, headers: { authorization } })).status;
    for (const path of ['http://metrics.test/metrics?a=b', 'HTTP://metrics.test']) {
      expect(await through(path, 'Bearer s3cret')).toBe(200);
      expect(await through(path, 'Bearer wrong')).toBe(401);
    }
    expect(await through('http://metrics.test/nothing', '')).toBe(404);
  });

  test('bearer auth guards the metrics and not the health', async () => {
    const { url } = await start({ auth: { token: { reveal: () => 's3cret' } } });
    const none = await ask(`${url}/metrics`);
    expect([none.status, none.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    for (const authorization of ['Bearer wrong', 'Basic s3cret', 'Bearer', 'Bearer s3cret2']) {
      expect((await ask(`${url}/metrics`, { headers: { authorization } })).status).toBe(401);
      expect((await ask(`${url}/`, { headers: { authorization } })).status).toBe(401);
    }
    const headers = { authorization: 'bearer s3cret' };
    expect((await ask(`${url}/metrics`, { headers })).status).toBe(200);
    expect((await ask(`${url}/health`)).status).toBe(200);
  });

  test('basic auth takes a name and a password', async () => {
    const { url } = await start({ auth: { username: 'prom', password: 'pä:ss' } });
    const basic = (text: string) => ({
      authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    expect((await ask(`${url}/metrics`, { headers: basic('prom:pä:ss') })).status).toBe(200);
    expect((await ask(`${url}/metrics`, { headers: basic('prom:no') })).status).toBe(401);
  });

  test('TLS', async () => {
    const { key, cert } = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-metrics-')));
    const { url } = await start({ tls: { key, cert } });
    expect(url).toMatch(/^https:/);
    expect(
      (await ask(`${url.replace('127.0.0.1', 'localhost')}/metrics`, { ca: cert })).status,
    ).toBe(200);
    await expect(startMetricsServer({ port: 0, tls: { key: 'no', cert } })).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });
});

describe('starting and stopping', () => {
  test('a port in use is a clear error, and the application lives on', async () => {
    const other = createServer((_request, response) => void response.end('still here'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const failing = startMetricsServer({ port, manager });
    await expect(failing).rejects.toBeInstanceOf(MetricsError);
    await expect(failing).rejects.toMatchObject({
      code: 'METRICS_PORT_IN_USE',
      message: `Port ${port} on 127.0.0.1 is in use. Set \`port\` to another one, or to 0 for any free port.`,
    });
    expect((await ask(`http://127.0.0.1:${port}`)).body.toString()).toBe('still here');
  });

  test.each([-1, 1.5, 70_000, Number.NaN])('port %s is refused', async (port) => {
    await expect(startMetricsServer({ port })).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });

  test.each([
    ['an empty host, which is every address', { host: '' }],
    ['a host that is not a string', { host: 5 }],
    ['no time to answer', { timeoutMs: 0 }],
    ['a time that is not a number', { timeoutMs: Number.NaN }],
    ['an empty token', { auth: { token: '' } }],
    ['a token that is missing', { auth: { token: undefined } }],
    ['a secret that is empty', { auth: { token: { reveal: () => ' ' } } }],
    ['no kind of auth', { auth: {} }],
    ['an empty password', { auth: { username: 'prom', password: '' } }],
    ['a name with a colon', { auth: { username: 'a:b', password: 'c' } }],
    ['auth that is null', { auth: null }],
    ['TLS that is null', { tls: null }],
  ])('%s is refused', async (_, options) => {
    await expect(start(options as MetricsServerOptions)).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });

  test('it stops while a client stays silent before the TLS handshake', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-metrics-'));
    const { key, cert } = await makeCertificate(folder);
    const { port, stop } = await start({ tls: { key, cert } });
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    await stop();
    await closed;
  });

  test.each(['http', 'https'])(
    'a scraper that keeps its %s connection open keeps no process alive',
    async (scheme) => {
      const folder = await mkdtemp(join(tmpdir(), 'map-metrics-'));
      const { key, cert } = await makeCertificate(folder);
      const program = `
        import { startMetricsServer } from '@map/metrics';
        const tls = process.env.TLS ? JSON.parse(process.env.TLS) : undefined;
        const { url } = await startMetricsServer({ port: 0, tls });
        console.log(url);
        process.stdin.resume();`;
      const child = spawn(
        process.execPath,
        ['--conditions=@map/source', '--input-type=module', '--eval', program],
        {
          cwd: import.meta.dirname,
          env: { ...process.env, TLS: scheme === 'https' ? JSON.stringify({ key, cert }) : '' },
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const exited = once(child, 'exit');
      onTestFinished(() => void child.kill('SIGKILL'));
      const url = String((await once(child.stdout, 'data'))[0]).trim();
      const agent = new (scheme === 'https' ? HttpsAgent : HttpAgent)({ keepAlive: true });
      onTestFinished(() => agent.destroy());
      const answer = await ask(`${url.replace('127.0.0.1', 'localhost')}/metrics`, {
        agent,
        ca: cert,
      });
      expect(answer.status).toBe(200);
      child.stdin.end();
      expect(await exited).toEqual([0, null]);
    },
  );

  test('an address that is not ours is a clear error', async () => {
    await expect(startMetricsServer({ port: 0, host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'METRICS_SERVER_FAILED',
    });
  });

  test('it stops while a keep-alive connection is open, as often as asked', async () => {
    const server = await startMetricsServer({ port: 0, manager });
    const idle = connect(server.port, '127.0.0.1');
    idle.on('error', () => undefined);
    await fetch(`${server.url}/health`);
    await Promise.all([server.stop(), server.stop()]);
    await expect(ask(`${server.url}/health`)).rejects.toThrow('ECONNREFUSED');
    idle.destroy();
    await using again = await startMetricsServer({ port: server.port, manager });
    expect(again.port).toBe(server.port);
  });
});
