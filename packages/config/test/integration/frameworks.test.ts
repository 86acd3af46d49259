import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, runChild } from '../support/child.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = {
  'content-type': 'application/json',
  traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
};
let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const TOO_MUCH = 2_000_000;

/** Express and Nest read the whole body before they refuse it. */
async function sendWhole(url: string) {
  const body = 'x'.repeat(TOO_MUCH);
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as object };
}

/**
 * Fastify refuses the announced length and closes the connection: a client that still writes then
 * could lose the response, so this one waits for it first.
 */
async function announce(url: string) {
  const length = TOO_MUCH;
  const outgoing = request(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': length },
  });
  outgoing.flushHeaders();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = JSON.parse(await text(response)) as object;
  outgoing.on('error', () => undefined).destroy();
  return { status: response.statusCode, body };
}

describe.each([
  ['express', sendWhole],
  ['fastify', announce],
  ['nest', sendWhole],
  ['nest-fastify', announce],
] as const)('%s', (framework, sendTooMuch) => {
  let child: Child;
  let url: string;
  let metrics: string;

  beforeAll(async () => {
    const [name, server = ''] = framework.split('-');
    child = runChild(`test/fixtures/${name}-app.ts`, {
      env: { REDIS_URL: redis.url, METRICS_PORT: '0', NEST_SERVER: server },
    });
    await child.waitFor(/"ready".*\n/);
    const ready = child.records.find(({ what }) => what === 'ready') as unknown as {
      address: { port: number };
      metrics: string;
    };
    url = `http://127.0.0.1:${ready.address.port}`;
    metrics = ready.metrics;
  });
  afterAll(() => child.kill('SIGKILL'));

  test('a request is answered, and its lines carry the trace of its header', async () => {
    const body = JSON.stringify({ id: '7', name: 'lamp' });
    const stored = await fetch(`${url}/items`, { method: 'POST', headers, body });
    expect(stored.status).toBe(201);
    const shown = await fetch(`${url}/items/7?from=mail`, { headers });
    expect(await shown.json()).toEqual({ id: '7', name: 'lamp' });
    await child.waitFor(/"message":"Item shown".*\n/);
    const lines = child.records.filter(({ name }) => name === 'shop');
    expect(lines).toMatchObject([
      { message: 'Item stored', trace_id: TRACE, task_id: 'store-7' },
      { message: 'Item shown', trace_id: TRACE, item_id: '7' },
    ]);
    if (framework !== 'express') return;
    await child.waitFor(/"message":"Request completed".*\/items\/7.*\n/);
    const answered = child.records.filter(({ message }) => message === 'Request completed');
    expect(answered).toMatchObject([
      { level: 'INFO', method: 'POST', path: '/items', status_code: 201, trace_id: TRACE },
      { level: 'INFO', method: 'GET', path: '/items/7', status_code: 200, trace_id: TRACE },
    ]);
  });

  test('a coded error becomes problem details with the trace', async () => {
    const answer = await fetch(`${url}/items/none`, { headers });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({
      status: 404,
      code: 'NOT_FOUND_2002',
      retryable: false,
      trace_id: TRACE,
    });
  });

  test('a body that is not JSON is the client’s mistake', async () => {
    const answer = await fetch(`${url}/items`, { method: 'POST', headers, body: '{' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST_2001',
      trace_id: TRACE,
    });
  });

  test('a body that is too large keeps the framework’s status', async () => {
    const { status, body } = await sendTooMuch(`${url}/items`);
    expect(status).toBe(413);
    expect(body).toMatchObject({ status: 413 });
  });

  test('unknown routes, bad URLs and missing files are problems of the client', async () => {
    const paths = ['/nothing', '/items/%', ...(framework === 'express' ? ['/files/x'] : [])];
    const answers = await Promise.all(paths.map((path) => fetch(`${url}${path}`, { headers })));
    const expected = [404, 400, 404].slice(0, paths.length);
    expect(answers.map(({ status }) => status)).toEqual(expected);
    for (const [index, answer] of answers.entries()) {
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await answer.json()).toMatchObject({ status: expected[index] });
    }
  });

  test('what middleware refuses keeps its status', async () => {
    const post = (type: string, body: string): RequestInit => ({
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body,
    });
    const rows: Record<string, [string, number, RequestInit?][]> = {
      express: [
        ['/private', 401],
        ['/private', 401, { headers: { authorization: 'Bearer a.b.c' } }],
        ['/busy', 503],
      ],
      fastify: [
        ['/limited', 200],
        ['/limited', 429],
        ['/limited/payload', 200],
        ['/limited/payload', 429],
        ['/busy', 503],
        ['/checked', 400, post('application/json', '{}')],
        ['/checked', 415, post('application/xml', '<a/>')],
      ],
    };
    for (const [path, status, init] of rows[framework] ?? []) {
      const answer = await fetch(`${url}${path}`, init);
      expect([path, answer.status]).toEqual([path, status]);
      if (status === 200) continue;
      expect(await answer.json()).toMatchObject({ status });
      if (status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('requests are measured under their route, not under their path', async () => {
    const page = await (await fetch(`${metrics}/metrics`)).text();
    expect(page).toMatch(
      /http_requests_total\{method="GET",route="\/items\/:id",status_code="200"\} 1/,
    );
    expect(page).toMatch(
      /http_requests_total\{method="GET",route="\/items\/:id",status_code="404"\} 1/,
    );
    expect(page).toMatch(/tasks_completed_total\{task_type="store",status="success"\} 1/);
    expect(page).not.toContain('/items/7');
  });

  test.runIf(framework.startsWith('nest'))('terminus shows the readiness checks', async () => {
    const answer = await fetch(`${url}/up`);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      info: { map: { status: 'up', checks: { redis: { status: 'pass' } } } },
    });
    expect(answer.status).toBe(200);
  });

  test('SIGTERM ends it in order', async () => {
    child.kill('SIGTERM');
    expect((await child.ended).code).toBe(0);
    expect(child.stderr).toBe('');
  });
});

describe('MapModule', () => {
  test('app.close() shuts everything down, and nothing holds the process', async () => {
    const env = { REDIS_URL: redis.url, METRICS_PORT: '0' };
    const child = runChild('test/fixtures/nest-app.ts', { env });
    await child.waitFor(/"ready".*\n/);
    child.write('close\n');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.records.find(({ what }) => what === 'closed')).toMatchObject({ ending: true });
    expect(child.stderr).toBe('');
  });

  test('a Redis that is gone makes terminus report down, without messages', async () => {
    await using own = await startRedis();
    const env = { REDIS_URL: own.url, METRICS_PORT: '0' };
    const child = runChild('test/fixtures/nest-app.ts', { env });
    await child.waitFor(/"ready".*\n/);
    const { address } = child.records.find(({ what }) => what === 'ready') as unknown as {
      address: { port: number };
    };
    await own.kill();
    const answer = await fetch(`http://127.0.0.1:${address.port}/up`);
    expect(answer.status).toBe(503);
    const { error } = (await answer.json()) as { error: { map: { checks: object } } };
    expect(error.map).toMatchObject({ status: 'down' });
    const [check = {}] = Object.values(error.map.checks);
    expect(check).toHaveProperty('error_type');
    expect(check).not.toHaveProperty('error');
    child.kill('SIGKILL');
  });

  test('wrong settings end the start with the error that lists them', async () => {
    const child = runChild('test/fixtures/nest-app.ts', { env: { WORKER_COUNT: 'many' } });
    expect((await child.ended).code).toBe(1);
    expect(child.stdout).toContain('CONFIG_INVALID_3002');
    expect(child.stdout).toContain('WORKER_COUNT');
  });
});
