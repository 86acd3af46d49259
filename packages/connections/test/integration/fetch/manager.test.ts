import { createServer } from 'node:http';
import { convertException, isBaseError } from '@map/errors';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectionEvent, ConnectionManager, type HttpOptions } from '../../../src/index.ts';
import { listening, type TestServer } from '../../support/http-server.ts';

let server: TestServer;
const paths: string[] = [];

beforeAll(async () => {
  server = await listening(
    createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
      paths.push(pathname);
      if (pathname === '/chunks') {
        let sent = 0;
        const timer = setInterval(() => {
          response.write(`chunk${sent};`);
          sent += 1;
          if (sent < 10) return;
          clearInterval(timer);
          response.end();
        }, 10);
      } else if (pathname === '/open') response.write('begun');
      else if (pathname === '/headers') response.end(JSON.stringify(request.headers));
      else if (pathname === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"choices":[]}\n\n');
      } else {
        const code = searchParams.get('code') ?? '';
        response.writeHead(Number(searchParams.get('status') ?? 200), {
          'content-type': 'application/json',
        });
        response.end(JSON.stringify({ error: { code, type: code, message: code } }));
      }
    }),
  );
});
afterAll(() => server[Symbol.asyncDispose]());

function manage(http: HttpOptions = {}): {
  manager: ConnectionManager;
  events: ConnectionEvent[];
} {
  const events: ConnectionEvent[] = [];
  const observer = { observe: (event: ConnectionEvent) => events.push(event) };
  return { manager: new ConnectionManager({ http, observer }), events };
}

test('a fetch of the manager is counted, reported and examined as its connection', async () => {
  const healthUrl = `${server.url}/?status=200`;
  const { manager, events } = manage({ healthUrl, maxRetryDelayMs: 5 });
  const fetch: typeof globalThis.fetch = manager.getFetch();
  expect(manager.stats()['http']?.state).toBe('idle');
  const response = await fetch(server.url);
  expect(manager.stats()['http']).toMatchObject({ state: 'open', pending: 0, operations: 1 });
  await response.text();
  await (await fetch(`${server.url}/?status=503`)).text();
  const stats = manager.stats()['http'];
  expect(stats).toMatchObject({ operations: 2, errors: 1, pending: 0 });
  expect(stats?.open).toBeGreaterThan(0);
  expect(events.map(({ type }) => type)).toEqual(['operation', 'retry', 'retry', 'operation']);
  expect(events[1]).toMatchObject({
    operation: 'GET',
    attempt: 1,
    errorType: 'UPSTREAM_ERROR_2010',
  });
  expect(events[3]).toMatchObject({ status: 'error', errorType: 'UPSTREAM_ERROR_2010' });
  expect((await manager.health()).connections['http']).toMatchObject({
    status: 'pass',
    checked: true,
  });
  await manager.closeAllConnections();
});

test('what its caller aborts, or leaves before its end, is cancelled and not an error', async () => {
  const { manager, events } = manage();
  const fetch = manager.getFetch();
  for await (const _ of (await fetch(`${server.url}/chunks`)).body ?? []) break;
  // The SDK aborts its request when a stream is left.
  const sdk = new OpenAI({ apiKey: 'x', baseURL: `${server.url}/events?`, fetch, maxRetries: 0 });
  const streamed = await sdk.chat.completions.create({ model: 'm', messages: [], stream: true });
  for await (const _ of streamed) break;
  const controller = new AbortController();
  const aborted = (await fetch(`${server.url}/open`, { signal: controller.signal })).text();
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  await manager.httpSession(async (http) => {
    for await (const _ of http.stream(`${server.url}/chunks`)) break;
  });
  await expect.poll(() => manager.stats()['http']?.pending).toBe(0);
  const ends = events.filter(({ type }) => type === 'operation');
  const statuses = ends.map((event) => 'status' in event && event.status);
  // The SDK's abort and the end of its reading are a race.
  expect(statuses).toEqual(['success', expect.anything(), 'cancelled', 'cancelled']);
  expect(statuses).not.toContain('error');
  expect(ends.some((event) => 'errorType' in event)).toBe(false);
  expect(manager.stats()['http']).toMatchObject({ operations: 4, errors: 0 });
  await manager.closeAllConnections();
});

test('an open circuit is a warning, and is reported', async () => {
  const circuit = { window: 2, minCalls: 2 };
  const { manager, events } = manage({ retries: 0, circuit });
  const fetch = manager.getFetch({ name: 'http' });
  for (let call = 0; call < 2; call++) await fetch(`${server.url}/?status=500`);
  await expect(fetch(server.url)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN_9501' });
  expect((await manager.health()).connections['http']).toMatchObject({
    status: 'warn',
    message: `The circuit of ${server.url} is open.`,
  });
  expect(events).toContainEqual({
    ...{ type: 'circuit', pool: 'http', kind: 'http', server: server.url, state: 'open' },
  });
  await manager.closeAllConnections();
});

test('a shutdown waits for bodies, and ends those that take too long', async () => {
  const { manager } = manage();
  const fetch = manager.getFetch();
  const streamed = await fetch(`${server.url}/chunks`);
  const endless = await fetch(`${server.url}/open`);
  const text = streamed.text();
  const rest = endless.text();
  rest.catch(() => {});
  const closing = manager.closeAllConnections({ timeoutMs: 1_000 });
  const refused = await fetch(server.url).catch((error) => error);
  expect([isBaseError(refused), refused.code]).toEqual([true, 'CLIENT_CLOSED_9007']);
  expect((await text).split(';')).toHaveLength(11);
  await expect(rest).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  expect((await closing).connections['http']).toEqual({ completed: 1, abandoned: 1 });
  expect(manager.stats()['http']).toMatchObject({ open: 0, pending: 0 });
});

test('baggage goes to our services, and not to models and tools', async () => {
  const traceHeaders = (): Record<string, string> => ({ traceparent: 'tp', baggage: 'user=7' });
  const manager = new ConnectionManager({ traceHeaders });
  const url = `${server.url}/headers`;
  for (const [origin, baggage] of [
    ['api', 'user=7'],
    ['agent', 'user=7'],
    ['llm', undefined],
    ['tool', undefined],
  ] as const) {
    manager.addHttp(origin, { origin });
    const byFetch = await (await manager.getFetch({ name: origin })(url)).json();
    const byGot = await manager.httpSession((http) => http.get(url).json(), { name: origin });
    for (const sent of [byFetch, byGot] as Record<string, string>[]) {
      expect([origin, sent['traceparent'], sent['baggage']]).toEqual([origin, 'tp', baggage]);
    }
  }
  await manager.closeAllConnections();
});

test.each([
  ['a string', 'x'.repeat(50)],
  ['an array', ['a', 'b']],
])('trace headers that are %s add nothing to a request', async (_kind, made) => {
  const manager = new ConnectionManager({ traceHeaders: () => made as never });
  const url = `${server.url}/headers`;
  for (const origin of ['api', 'llm'] as const) {
    manager.addHttp(origin, { origin });
    const byFetch = await (await manager.getFetch({ name: origin })(url)).json();
    const byGot = await manager.httpSession((http) => http.get(url).json(), { name: origin });
    for (const sent of [byFetch, byGot] as object[]) {
      expect(Object.keys(sent).filter((name) => /^\d+$/.test(name))).toEqual([]);
    }
  }
  await manager.closeAllConnections();
});

test('the origin decides the codes of both clients', async () => {
  const { manager } = manage();
  manager.addHttp('model', { origin: 'llm', retries: 0, timeoutMs: 2_000 });
  const ask = async (path: string): Promise<string> =>
    await manager
      .httpSession((http) => http.post(`${server.url}${path}`, { json: {} }), { name: 'model' })
      .then(
        () => 'ok',
        (error) => {
          expect(convertException(error, { origin: 'llm' }).code).toBe(error.code);
          return error.code;
        },
      );
  expect(await ask('/?status=429&code=insufficient_quota')).toBe('LLM_QUOTA_EXCEEDED_5002');
  expect(await ask('/?status=429&code=rate_limit')).toBe('LLM_RATE_LIMITED_5001');
  expect(await ask('/?status=400&code=context_length_exceeded')).toBe(
    'LLM_CONTEXT_LENGTH_EXCEEDED_5003',
  );
  expect(await ask('/?status=529')).toBe('LLM_PROVIDER_OVERLOADED_5012');
  manager.addHttp('hasty', { origin: 'llm', retries: 0, timeoutMs: 50 });
  await expect(
    manager.httpSession((http) => http.get(`${server.url}/open`).text(), { name: 'hasty' }),
  ).rejects.toMatchObject({ code: 'LLM_TIMEOUT_5009' });
  await manager.closeAllConnections();
});

test('the egress guard holds for both clients, and not through a proxy', async () => {
  const { manager } = manage();
  manager.addHttp('tools', { egress: 'public', retries: 0 });
  for (const host of ['127.0.0.1', 'localhost']) {
    const url = `http://${host}:${server.port}/guarded`;
    await expect(manager.getFetch({ name: 'tools' })(url)).rejects.toMatchObject({
      code: 'EGRESS_BLOCKED_9009',
    });
    await expect(
      manager.httpSession((http) => http.get(url).text(), { name: 'tools' }),
    ).rejects.toMatchObject({ code: 'EGRESS_BLOCKED_9009' });
  }
  expect(paths).not.toContain('/guarded');
  expect(() => manager.addHttp('both', { egress: 'public', proxy: 'http://p:1' })).toThrow(
    '`proxy` of HTTP client "both" must be omitted',
  );
  await manager.closeAllConnections();
});

test('options and arguments that cannot be used are refused by name', async () => {
  const { manager } = manage();
  const cases: [HttpOptions, string][] = [
    [{ firstByteTimeoutMs: 0 }, '`firstByteTimeoutMs`'],
    [{ idleTimeoutMs: Number.NaN }, '`idleTimeoutMs`'],
    [{ maxSocketLifetimeMs: -1 }, '`maxSocketLifetimeMs`'],
    [{ origin: 'model' as never }, '`origin`'],
    [{ egress: 'private' as never }, '`egress`'],
    [{ egressAllow: ['a*b'] }, '`egressAllow`'],
    [{ egressDeny: 'x' as never }, '`egressDeny`'],
    [{ circuit: { threshold: 2 } }, '`circuit.threshold`'],
    [{ circuit: { treshold: 0.5 } as never }, '`treshold`'],
    [{ circuit: { window: 2, minCalls: 3 } }, '`circuit.minCalls`'],
    [{ cert: 'PEM' }, '`key`'],
    [{ cert: 'PEM', key: 'PEM' }, '`cert` and `key`'],
    [{ ca: 'PEM' }, '`ca`'],
    [{ headers: { 'bad name': 'x' } }, '`headers.bad name`'],
    [{ headers: { 'x-split': 'a\nb' } }, '`headers.x-split`'],
    [{ headers: { 'x-count': 5 } as never }, '`headers.x-count`'],
    [{ http2: 1 as never }, '`http2`'],
    [{ proxy: 'http://p:1', noProxy: ['10.0.0.0/99'] }, '`noProxy`'],
    [{ firstByteTimeout: 5 } as never, '`firstByteTimeoutMs`'],
  ];
  for (const [index, [options, words]] of cases.entries()) {
    const add = (): void => manager.addHttp(`bad${index}`, options);
    expect(add, words).toThrow(words);
    expect(add, words).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID_3002' }));
  }
  expect(() => manager.getFetch({ name: 'none' })).toThrow('none');
  expect(() => manager.getFetch({ nmae: 'http' } as never)).toThrow('nmae');
  await manager.closeAllConnections();
});

test('what is not used keeps nothing open', async () => {
  const { manager } = manage();
  const fetch = manager.getFetch();
  await manager.close('http');
  await expect(fetch(server.url)).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  expect((await manager.getFetch()(server.url)).status).toBe(200);
  await manager.closeAllConnections();
});
