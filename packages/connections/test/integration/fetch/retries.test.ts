import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listening, type TestServer } from '../../support/http-server.ts';
import { open } from './support/open.ts';

type Step = (request: IncomingMessage, response: ServerResponse) => void;

let server: TestServer;
let steps: Step[] = [];
let bodies: string[] = [];

beforeAll(async () => {
  server = await listening(
    createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body);
        const step = steps.shift() ?? ((_request, ok) => ok.end('fine'));
        step(request, response);
      });
    }),
  );
});
beforeEach(() => {
  steps = [];
  bodies = [];
});
afterAll(() => server[Symbol.asyncDispose]());

function status(code: number, headers: Record<string, string> = {}): Step {
  return (_request, response) => response.writeHead(code, headers).end('no');
}

const reset: Step = (request) => request.socket.destroy();

test('a request to a model is repeated with its whole body, also a POST', async () => {
  const form = new FormData();
  form.set('a', 'b');
  const kinds: [NonNullable<RequestInit['body']>, string][] = [
    ['text', 'text'],
    [Buffer.from('bytes'), 'bytes'],
    [new URLSearchParams({ a: 'b' }), 'a=b'],
    [new Blob(['blob']), 'blob'],
    [form, 'name="a"'],
  ];
  for (const [body, text] of kinds) {
    // The budget for retries is that of the connection.
    await using web = open({ origin: 'llm', retries: 3 });
    steps = [status(429), reset, status(529)];
    bodies = [];
    const response = await web.fetch(server.url, { method: 'POST', body });
    expect(await response.text()).toBe('fine');
    expect(bodies).toHaveLength(4);
    for (const sent of bodies) expect(sent).toContain(text);
    expect(web.retries.map(({ errorType }) => errorType)).toEqual([
      ...['LLM_RATE_LIMITED_5001', 'CONNECTION_RESET_9002', 'LLM_PROVIDER_OVERLOADED_5012'],
    ]);
    expect(web.records).toEqual(['ok']);
  }
});

test('after the last attempt the caller gets the response, or the failure', async () => {
  await using web = open({ origin: 'llm', retries: 2 });
  steps = [status(503), status(503), status(503, { 'x-last': '1' })];
  const response = await web.fetch(server.url, { method: 'POST', body: '{}' });
  expect([response.status, response.headers.get('x-last')]).toEqual([503, '1']);
  expect(await response.text()).toBe('no');
  steps = [reset, reset, reset, reset];
  await expect(web.fetch(server.url)).rejects.toMatchObject({ code: 'CONNECTION_RESET_9002' });
  expect(bodies).toHaveLength(6);
});

test('a POST to an API is repeated only if that is safe', async () => {
  await using web = open({ retries: 2 });
  const post = (headers: Record<string, string> = {}): Promise<Response> =>
    web.fetch(server.url, { method: 'POST', body: 'x', headers });
  steps = [status(503)];
  expect((await post()).status).toBe(503);
  steps = [reset];
  await expect(post()).rejects.toMatchObject({ code: 'CONNECTION_RESET_9002' });
  steps = [status(503), reset];
  expect((await post({ 'idempotency-key': '1' })).status).toBe(200);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    steps = [status(503), reset];
    expect((await web.fetch(server.url, { method })).status).toBe(200);
  }
  steps = [status(503)];
  expect((await web.fetch(server.url, { method: 'PATCH', body: 'x' })).status).toBe(503);
});

test('a POST that was never sent is repeated everywhere', async () => {
  await using web = open({ retries: 2 });
  await expect(
    web.fetch('http://127.0.0.1:1/', { method: 'POST', body: 'x' }),
  ).rejects.toMatchObject({ code: 'CONNECTION_REFUSED_9001' });
  expect(web.retries).toHaveLength(2);
});

test('the server decides whether and when', async () => {
  await using web = open({ origin: 'llm', retries: 2, maxRetryAfterMs: 1_000 });
  steps = [status(429, { 'x-should-retry': 'false' })];
  expect((await web.fetch(server.url)).status).toBe(429);
  steps = [status(400, { 'x-should-retry': 'true' })];
  expect((await web.fetch(server.url)).status).toBe(200);
  steps = [status(429, { 'retry-after-ms': '120' })];
  expect((await web.fetch(server.url)).status).toBe(200);
  expect(web.retries.at(-1)?.delayMs).toBeGreaterThanOrEqual(120);
  steps = [status(429, { 'anthropic-ratelimit-requests-reset': '90ms' })];
  expect((await web.fetch(server.url)).status).toBe(200);
  expect(web.retries.at(-1)?.delayMs).toBeGreaterThanOrEqual(90);
  // Longer than it is waited, or than the call may take.
  steps = [status(429, { 'retry-after': '60' })];
  expect((await web.fetch(server.url)).status).toBe(429);
  steps = [status(429, { 'retry-after-ms': '900' })];
  expect((await web.fetch(server.url, { limits: { timeoutMs: 500 } })).status).toBe(429);
});

test('nothing is retried once a response was returned', async () => {
  await using web = open({ origin: 'llm', retries: 2 });
  steps = [
    (request, response) => {
      response.write('begun');
      setTimeout(() => request.socket.destroy(), 20);
    },
  ];
  const response = await web.fetch(server.url, { method: 'POST', body: 'x' });
  await expect(response.text()).rejects.toMatchObject({ code: 'LLM_STREAM_INTERRUPTED_5008' });
  expect(bodies).toHaveLength(1);
});

test('a stream is not sent twice', async () => {
  await using web = open({ origin: 'llm', retries: 2 });
  steps = [status(503)];
  const init = { method: 'POST', duplex: 'half', body: ReadableStream.from([Buffer.from('x')]) };
  expect((await web.fetch(server.url, init as RequestInit)).status).toBe(503);
  expect(bodies).toHaveLength(1);
});

test('a delay ends with the signal of the caller', async () => {
  await using web = open({ origin: 'llm', retries: 2 });
  steps = [status(429, { 'retry-after-ms': '5000' })];
  const controller = new AbortController();
  const result = web.fetch(server.url, { signal: controller.signal });
  await expect.poll(() => web.retries.length).toBe(1);
  controller.abort();
  await expect(result).rejects.toMatchObject({ name: 'AbortError' });
  expect(web.records).toEqual(['cancelled']);
});

test('an attempt without a response in time is followed by another', async () => {
  await using web = open({ origin: 'llm', retries: 1, firstByteTimeoutMs: 100 });
  steps = [() => {}];
  expect(await (await web.fetch(server.url, { method: 'POST', body: 'x' })).text()).toBe('fine');
  expect(web.retries[0]?.errorType).toBe('LLM_TIMEOUT_5009');
});
