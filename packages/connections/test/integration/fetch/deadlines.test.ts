import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { convertException } from '@map/errors';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { listening, type TestServer } from '../../support/http-server.ts';
import { open } from './support/open.ts';

let server: TestServer;

beforeAll(async () => {
  server = await listening(
    createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
      if (pathname === '/silent') return;
      if (pathname === '/stall') {
        response.write('first');
        return;
      }
      const times = Number(searchParams.get('times') ?? 1);
      const everyMs = Number(searchParams.get('every') ?? 0);
      let sent = 0;
      const timer = setInterval(() => {
        response.write(`tick ${sent};`);
        sent += 1;
        if (sent < times) return;
        clearInterval(timer);
        response.end();
      }, everyMs);
    }),
  );
});
afterAll(() => server[Symbol.asyncDispose]());

test('a call that the fake timers of a test leave behind ends with the next one', async () => {
  await using web = open({ timeoutMs: 300 });
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const left = web.fetch(`${server.url}/silent`).catch((error) => error);
  vi.useRealTimers();
  const error = { code: 'OPERATION_TIMEOUT_1002' };
  await expect(web.fetch(`${server.url}/silent`)).rejects.toMatchObject(error);
  expect(await left).toMatchObject(error);
});

test('each deadline has its own code and sentence', async () => {
  const codes: Record<string, [string, string, string]> = {
    api: ['UPSTREAM_TIMEOUT_2011', 'UPSTREAM_STALLED_2014', 'OPERATION_TIMEOUT_1002'],
    llm: ['LLM_TIMEOUT_5009', 'LLM_STREAM_INTERRUPTED_5008', 'OPERATION_TIMEOUT_1002'],
    tool: ['TOOL_TIMEOUT_7504', 'UPSTREAM_STALLED_2014', 'OPERATION_TIMEOUT_1002'],
  };
  for (const [origin, [first, stalled, total]] of Object.entries(codes)) {
    await using web = open({
      origin: origin as 'api',
      idleTimeoutMs: 60,
      timeoutMs: 10_000,
    });
    await expect(
      web.fetch(`${server.url}/silent`, { limits: { firstByteTimeoutMs: 60 } }),
    ).rejects.toMatchObject({
      code: first,
      message: expect.stringContaining('no response within 60 ms'),
      details: { phase: 'first_byte', timeout_ms: 60, option: 'firstByteTimeoutMs', pool: 'web' },
    });
    const response = await web.fetch(`${server.url}/stall`);
    await expect(response.text()).rejects.toMatchObject({
      code: stalled,
      message: expect.stringContaining('no byte within 60 ms'),
    });
    const limits = { timeoutMs: 50 };
    await expect(web.fetch(`${server.url}/silent`, { limits })).rejects.toMatchObject({
      code: total,
      message: expect.stringContaining('did not complete within 50 ms'),
    });
    expect(web.records).toEqual([first, stalled, total]);
    expect(web.pending()).toBe(0);
  }
});

test('a stream that keeps coming outlives every limit but the total', async () => {
  await using web = open({ idleTimeoutMs: 1_000 });
  const response = await web.fetch(`${server.url}/?times=20&every=60`);
  expect((await response.text()).split(';')).toHaveLength(21);
  const limited = await web.fetch(`${server.url}/?times=200&every=20`, {
    limits: { timeoutMs: 1_000 },
  });
  await expect(limited.text()).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
});

test('a reader that pauses is not a server that stalls', async () => {
  await using web = open({ idleTimeoutMs: 500 });
  const response = await web.fetch(`${server.url}/?times=2&every=5`);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await response.text()).toBe('tick 0;tick 1;');
});

test('what came before a failure can be read', async () => {
  await using web = open({ idleTimeoutMs: 50 });
  const response = await web.fetch(`${server.url}/stall`);
  await new Promise((resolve) => setTimeout(resolve, 120));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('first');
  await expect(reader.read()).rejects.toMatchObject({ code: 'UPSTREAM_STALLED_2014' });
});

test('a call that finds no free socket in time says so, and was not carried out', async () => {
  await using web = open({ maxSocketsPerHost: 1, firstByteTimeoutMs: 5_000 });
  const holding = await web.fetch(`${server.url}/stall`);
  const error = await web
    .fetch(server.url, { method: 'POST', limits: { connectTimeoutMs: 50 } })
    .catch((e) => e);
  expect(error).toMatchObject({ code: 'CONNECTION_TIMEOUT_9003', retryable: true });
  expect(error.message).toContain('found no connection within 50 ms');
  await holding.body?.cancel();
});

test('a socket that does not open has its own limit', async () => {
  const sockets: Socket[] = [];
  // It takes the socket, but never speaks TLS.
  const mute = await listening(createTcpServer((socket) => sockets.push(socket)));
  await using web = open({ connectTimeoutMs: 100 });
  const error = await web.fetch(`https://127.0.0.1:${mute.port}/`).catch((e) => e);
  expect(error.code).toBe('CONNECTION_TIMEOUT_9003');
  expect(error.details.option).toBe('connectTimeoutMs');
  for (const socket of sockets) socket.destroy();
  await mute[Symbol.asyncDispose]();
});

test('failures of the network have a code before and after the response began', async () => {
  const breaking = await listening(
    createTcpServer((socket) => {
      socket.once('data', (data) => {
        const [, path] = /^\w+ (\S+)/.exec(data.toString()) ?? [];
        if (path === '/cut') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart');
        if (path === '/chunked') {
          socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n');
        }
        if (path === '/upgrade')
          socket.write('HTTP/1.1 101 OK\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n');
        if (path === '/continue') socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        if (path === '/noise') socket.write('this is not HTTP\r\n\r\n');
        setTimeout(() => (path === '/reset' ? socket.resetAndDestroy() : socket.destroy()), 20);
      });
      socket.on('error', () => {});
    }),
  );
  const cases: [string, string, string][] = [
    [`${breaking.url}/reset`, 'CONNECTION_RESET_9002', 'CONNECTION_RESET_9002'],
    [`${breaking.url}/close`, 'CONNECTION_RESET_9002', 'CONNECTION_RESET_9002'],
    [`${breaking.url}/upgrade`, 'PROTOCOL_ERROR_9008', 'PROTOCOL_ERROR_9008'],
    [`${breaking.url}/continue`, 'PROTOCOL_ERROR_9008', 'PROTOCOL_ERROR_9008'],
    [`${breaking.url}/noise`, 'PROTOCOL_ERROR_9008', 'PROTOCOL_ERROR_9008'],
    [`${breaking.url}/cut`, 'CONNECTION_RESET_9002', 'LLM_STREAM_INTERRUPTED_5008'],
    [`${breaking.url}/chunked`, 'CONNECTION_RESET_9002', 'LLM_STREAM_INTERRUPTED_5008'],
    ['http://127.0.0.1:1/', 'CONNECTION_REFUSED_9001', 'CONNECTION_REFUSED_9001'],
    ['http://name.invalid/', 'DNS_FAILURE_9004', 'DNS_FAILURE_9004'],
  ];
  await using api = open();
  await using llm = open({ origin: 'llm' });
  for (const [url, ofApi, ofModel] of cases) {
    for (const [web, code] of [
      [api, ofApi],
      [llm, ofModel],
    ] as const) {
      const error = await web
        .fetch(url)
        .then((response) => response.text())
        .catch((e) => e);
      expect([url, error.code]).toEqual([url, code]);
      expect(convertException(new TypeError('fetch failed', { cause: error })).code).toBe(code);
    }
  }
  await breaking[Symbol.asyncDispose]();
});
