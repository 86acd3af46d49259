import { setTimeout as sleep } from 'node:timers/promises';
import { initializeConfig, logger } from '@map/config';
import { APIError, ErrorCode } from '@map/config/errors';
import { notFoundResponse, problemResponse, webContext } from '@map/config/http';
import { captureLogs } from '@map/config/logger';
import { startMetricsServer } from '@map/config/metrics';
import { Hono } from 'hono';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(() => restoreMetrics());

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
const request = (path: string): Request => new Request(`http://pear.dev${path}`, { headers });

async function start() {
  const config = await initializeConfig({ signals: false, metricsServer: false });
  onTestFinished(async () => {
    await config.shutdown();
  });
  return config;
}

function locked(): Response {
  const response = new Response('pear');
  response.body?.getReader();
  return response;
}

async function read(): Promise<Response> {
  const response = new Response('pear');
  await response.text();
  return response;
}

/** A stream of one chunk; without one, it fails. */
function chunks(chunk: unknown): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      if (chunk === undefined) throw new Error('cut');
      controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function scraped(): Promise<string> {
  const server = await startMetricsServer({ port: 0 });
  try {
    return await (await fetch(`${server.url}/metrics`)).text();
  } finally {
    await server.stop();
  }
}

test('a handler runs in the trace of its request, which is measured under its route', async () => {
  await start();
  const logs = captureLogs();
  onTestFinished(() => logs.stop());
  const context = webContext({ accessLog: true });
  const response = await context(
    request('/pears/7?ripe=yes'),
    () => {
      logger.info('Pear shown');
      return new Response('pear', { status: 201, headers: { 'x-kind': 'fruit' } });
    },
    { route: () => '/pears/:id' },
  );
  expect([response.status, response.headers.get('x-kind')]).toEqual([201, 'fruit']);
  expect(await response.text()).toBe('pear');
  expect(logs.find('Pear shown')).toMatchObject({ trace_id: TRACE });
  expect(logs.find('Request completed')).toMatchObject({
    trace_id: TRACE,
    method: 'GET',
    path: '/pears/7',
    status_code: 201,
  });
  const page = await scraped();
  const labels = 'method="GET",route="/pears/:id"';
  expect(page).toContain(`http_requests_total{${labels},status_code="201"} 1`);
  expect(page).toContain(`http_response_size_bytes_sum{${labels}} 4`);
  expect(page).toContain('http_requests_in_flight{method="GET"} 0');
});

test('methods that a client invents are one', async () => {
  await start();
  for (const method of ['X-1', 'X-2', 'PATCH']) {
    const invented = new Request('http://pear.dev/pears', { method });
    await (await webContext()(invented, () => new Response('pear'), { route: '/any' })).text();
  }
  const page = await scraped();
  expect(page).not.toContain('X-');
  expect(page).toContain('http_requests_total{method="other",route="/any",status_code="200"} 2');
  expect(page).toContain('http_requests_in_flight{method="other"} 0');
});

test.each<[string, () => unknown, number]>([
  ['nothing', () => undefined, 500],
  ['a string', () => 'pear', 500],
  ['a response whose body is locked', () => locked(), 500],
  ['a response that was read', () => read(), 500],
  ['a body of texts', () => new Response(chunks('pear')), 200],
  ['a body that fails', () => new Response(chunks(undefined)), 200],
])(
  'a handler that returns %s is answered, and no shutdown waits for it',
  async (_, handle, status) => {
    const config = await start();
    const response = await webContext()(request('/pears'), handle as () => Response);
    expect(response.status).toBe(status);
    await response.text().catch(() => undefined);
    expect(await config.shutdown()).toMatchObject({ ok: true, notEnded: [] });
    expect(await scraped()).toContain('http_requests_in_flight{method="GET"} 0');
  },
);

test('a call with something else than a request, such as the context of Hono, is rejected and starts nothing', async () => {
  const config = await start();
  const context = webContext();
  const middleware = () => context({ req: { raw: request('/pears') } } as never, locked);
  expect(middleware).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^`request` must be a web-standard Request.+c\.req\.raw/),
    }),
  );
  expect(await config.shutdown()).toMatchObject({ ok: true, notEnded: [] });
});

test('what a handler throws becomes problem details with the trace', async () => {
  await start();
  const response = await webContext()(request('/pears/none'), () => {
    throw new APIError({ code: ErrorCode.NOT_FOUND, message: 'There is no such pear.' });
  });
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'NOT_FOUND_2002', trace_id: TRACE });
  expect(problemResponse(new Error('secret inner words')).status).toBe(500);
});

test('a request that no route matches is problem details, in Hono and elsewhere', async () => {
  const logs = captureLogs();
  onTestFinished(() => logs.stop());
  const app = new Hono().notFound(notFoundResponse);
  for (const response of [await app.request('/nowhere'), notFoundResponse(request('/nowhere'))]) {
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND_2002', status: 404 });
  }
  expect(logs.entries).toEqual([]);
});

test('a shutdown waits until a streamed response has been read', async () => {
  const config = await start();
  const chunks = ['one', 'two'];
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
  const response = await webContext()(request('/stream'), () => new Response(stream));
  let isOver = false;
  const ended = config.shutdown('test').then((report) => {
    isOver = true;
    return report;
  });
  expect([config.ending, isOver]).toEqual([true, false]);
  expect(await response.text()).toBe('onetwo');
  expect(await ended).toMatchObject({ ok: true });
});

test.each([
  ['GET', 'a string', () => new Response('pear')],
  ['GET', 'a stream', () => new Response(new ReadableStream())],
  ['HEAD', 'a string', () => new Response('pear')],
])(
  'a %s response of %s that nobody reads is over, measured and logged',
  async (method, kind, handle) => {
    const config = await start();
    const logs = captureLogs();
    onTestFinished(() => logs.stop());
    const incoming = new Request('http://pear.dev/', { method, headers });
    const response = await webContext({ accessLog: true })(incoming, handle, { route: kind });
    expect(response.status).toBe(200);
    expect(await config.shutdown()).toMatchObject({ ok: true, notEnded: [] });
    expect(logs.find('Request completed')).toMatchObject({ status_code: 200, trace_id: TRACE });
    const page = await scraped();
    expect(page).toContain(`http_requests_in_flight{method="${method}"} 0`);
    expect(page).toContain(
      `http_requests_total{method="${method}",route="${kind}",status_code="200"} 1`,
    );
  },
);

test('a response whose reader comes late is in flight again, and measured once', async () => {
  const config = await start();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = new ReadableStream({
    async pull(controller) {
      await promise;
      controller.enqueue(new TextEncoder().encode('pear'));
      controller.close();
    },
  });
  const late = await webContext()(request('/late'), () => new Response(slow), { route: '/late' });
  await sleep(200);
  const text = late.text();
  const ended = config.shutdown();
  expect(await Promise.race([ended, sleep(200)])).toBeUndefined();
  resolve();
  expect(await text).toBe('pear');
  expect(await ended).toMatchObject({ ok: true });
  const page = await scraped();
  expect(page).toContain('http_requests_total{method="GET",route="/late",status_code="200"} 1');
});

test('a client that goes away counts as closed, and a response without a body is left as it is', async () => {
  await start();
  const context = webContext();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(8)),
  });
  const answer = await context(request('/endless'), () => new Response(endless), { route: '/e' });
  await answer.body?.cancel();
  const empty = new Response(null, { status: 204 });
  expect(await context(request('/empty'), () => empty, { route: '/empty' })).toBe(empty);
  const page = await scraped();
  expect(page).toContain('http_requests_total{method="GET",route="/e",status_code="499"} 1');
  expect(page).toContain('http_requests_total{method="GET",route="/empty",status_code="204"} 1');
});

test('a body that fails counts as a failure, unless its client has left', async () => {
  await start();
  const context = webContext();
  const failing = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) });
  const failed = await context(request('/cut'), () => new Response(failing()), { route: '/cut' });
  await expect(failed.text()).rejects.toThrow('cut');
  const signal = AbortSignal.abort();
  const gone = new Request('http://shop.example/gone', { signal });
  const left = await context(gone, () => new Response(failing()), { route: '/gone' });
  await expect(left.text()).rejects.toThrow('cut');
  const page = await scraped();
  expect(page).toContain('http_requests_total{method="GET",route="/cut",status_code="500"} 1');
  expect(page).toContain('http_requests_total{method="GET",route="/gone",status_code="499"} 1');
});
