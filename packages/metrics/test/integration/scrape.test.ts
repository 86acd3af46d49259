import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import client from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  MetricsManager,
  type MetricsServer,
  type MetricsServerOptions,
  type ScrapeContent,
} from '../../src/index.ts';
import { metricValue } from '../../src/testing.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';
import { ask, start as startServer } from '../support/server.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.5';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true, version: '1.2.3' });
});

const start = (options: MetricsServerOptions = {}): Promise<MetricsServer> =>
  startServer({ manager, ...options });

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
    const collected = Promise.withResolvers<void>();
    manager.defineGauge({ name: 'slow', help: 'Slow', collect: () => collected.promise });
    const { url } = await start();
    let told = 0;
    const scrape = async () => {
      const answer = await ask(`${url}/metrics`);
      if (answer.status === 503) told += 1;
      if (told === 4) collected.resolve();
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 12 }, scrape));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(4);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect((await ask(`${url}/metrics`)).status).toBe(200);
  });
});

describe('a source of further metrics', () => {
  const answers = async (gather: () => unknown, path: string) => {
    const { url } = await start({ timeoutMs: 200, source: { gather } as never });
    const { status, body } = await ask(`${url}${path}`);
    return [status, body.toString()];
  };

  test.each(['/metrics', '/'])(
    'that does not answer leads to a sentence in time, at %s',
    async (path) => {
      const [status, sentence] = await answers(() => new Promise(() => undefined), path);
      expect(status).toBe(504);
      // On a busy machine the limit of the response may pass first.
      expect(sentence).toMatch(
        /^(?:The source of further metrics did not answer within 180 ms|There was no answer within 200 ms)\.\n$/,
      );
    },
  );

  test('leads to a sentence also where the limit of the response passes first, and keeps the socket', async () => {
    // The limit of the source begins to count after it.
    const collect = (): void => {
      const until = performance.now() + 100;
      while (performance.now() < until);
    };
    manager.defineGauge({ name: 'busy', help: 'Busy', collect });
    const gather = () => new Promise(() => undefined);
    const { port } = await start({ timeoutMs: 200, source: { gather } as never });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 504 /);
    socket.write('GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const [next] = await once(socket, 'data');
    expect(String(next)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('does not use up the concurrent scrapes', async () => {
    let isHanging = true;
    const gather = async (own: ScrapeContent) => (isHanging ? new Promise(() => undefined) : own);
    const { url } = await start({ timeoutMs: 200, source: { gather } as never });
    await Promise.all(Array.from({ length: 8 }, () => ask(`${url}/metrics`)));
    isHanging = false;
    expect((await ask(`${url}/metrics`)).status).toBe(200);
  });

  test.each([[5], [{ instruments: 3 }], [{ families: [] }]])(
    'that answers with %j leads to a sentence',
    async (junk) => {
      const sentence = 'The metrics could not be collected.\n';
      expect(await answers(async () => junk, '/metrics')).toEqual([500, sentence]);
    },
  );
});

test('a connection that sends many requests without reading is closed, one that sends some is not', async () => {
  const { port, url } = await start();
  const send = async (count: number) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes;
    });
    socket.on('error', () => undefined);
    socket.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(count - 1));
    socket.write('GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    return received.split('HTTP/1.1 200').length - 1;
  };
  expect(await send(20)).toBe(20);
  expect(await send(20_000)).toBeLessThan(100);
  expect((await ask(`${url}/health`)).status).toBe(200);
});
