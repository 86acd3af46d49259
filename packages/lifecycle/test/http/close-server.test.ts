import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { json } from 'node:stream/consumers';
import { closeServer, createLifecycle, healthHandler } from '@map/lifecycle';
import { expect, test } from 'vitest';

async function serve(listener: Parameters<typeof createServer>[1]) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a request in flight is answered, kept-alive connections do not hold it up', async () => {
  const { server, port } = await serve((_request, response) => {
    setTimeout(() => response.end('served'), 50);
  });
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise<string>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (answer) => {
      answer.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });
  await once(server, 'request');
  const closed = closeServer(server);
  expect(await answered).toBe('served');
  await closed;
  agent.destroy();
  expect(server.listening).toBe(false);
});

test('the signal cuts off what does not end', async () => {
  const { server, port } = await serve(() => undefined);
  const request = get({ port, host: '127.0.0.1' });
  const failed = once(request, 'error');
  await once(server, 'request');
  const controller = new AbortController();
  const closed = closeServer(server, controller.signal);
  controller.abort();
  await closed;
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});

test('a server that does not run is closed already', async () => {
  await closeServer(createServer());
});

test('in a shutdown, an open stream and an open WebSocket are cut off in time and do not fail it', async () => {
  const { server, port } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: hello\n\n');
  });
  server.on('upgrade', (_request, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n',
    );
    socket.on('error', () => undefined);
  });
  const host = '127.0.0.1';
  const upgrading = get({ port, host, headers: { connection: 'Upgrade', upgrade: 'chat' } });
  const [, socket] = (await once(upgrading, 'upgrade')) as [unknown, Socket];
  const streaming = get({ port, host }).on('error', () => undefined);
  const [stream] = (await once(streaming, 'response')) as [IncomingMessage];
  const cut = once(stream.resume(), 'error');

  const app = createLifecycle({ shutdownTimeoutMs: 3_000 });
  app.onShutdown('server', (signal) => closeServer(server, signal));
  expect(await app.shutdown()).toMatchObject({ ok: true, notEnded: [] });
  expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
  socket.destroy();
});

test('a WebSocket that is closed when draining begins does not hold the shutdown up', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 600_000 });
  const { server, port } = await serve(undefined);
  const reports: unknown[] = [];
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n',
    );
    app.draining.addEventListener('abort', () => socket.end('going away'));
    // A message that asks for the shutdown, and waits for it.
    socket.once('data', async () => reports.push(await app.shutdown('message')));
  });
  app.onShutdown('server', (signal) => closeServer(server, signal));
  const headers = { connection: 'Upgrade', upgrade: 'chat' };
  const upgrading = get({ port, host: '127.0.0.1', headers });
  const [, socket] = (await once(upgrading, 'upgrade')) as [unknown, Socket];
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write('stop');
  await once(socket, 'close');
  expect(text).toBe('going away');
  await expect.poll(() => reports).toMatchObject([{ ok: true, notEnded: [], reason: 'message' }]);
});

test('without a signal, a WebSocket does not hold up the first call for long, nor another one', async () => {
  const { server, port } = await serve(undefined);
  server.on('upgrade', (_request, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n',
    );
    socket.on('error', () => undefined);
  });
  const headers = { connection: 'Upgrade', upgrade: 'chat' };
  const upgrading = get({ port, host: '127.0.0.1', headers });
  const [, socket] = (await once(upgrading, 'upgrade')) as [unknown, Socket];
  const first = closeServer(server);
  await closeServer(server, AbortSignal.timeout(50));
  await closeServer(server);
  await first;
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});

test('the handler of a request may await the shutdown that closes its server', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 60_000 });
  const closed: string[] = [];
  app.onShutdown('database', () => closed.push('database'), 'close');
  const { server, port } = await serve(async (_request, response) => {
    const { ok, pending } = await app.shutdown('request');
    response.end(JSON.stringify({ ok, pending }));
  });
  app.onShutdown('server', (signal) => closeServer(server, signal));
  const startedAt = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/shutdown`, { method: 'POST' });
  expect(await answer.json()).toEqual({ ok: true, pending: true });
  expect(await app.ended).toMatchObject({ ok: true, reason: 'request' });
  // The server's part of the limit is more than 10 s.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(closed).toEqual(['database']);
});

/** Ways in which a handler reads its request before it continues. */
const READERS: Record<string, (request: IncomingMessage, then: () => void) => void> = {
  end: (request, then) => request.resume().on('end', then),
  data: (request, then) => request.once('data', then),
  readable: (request, then) =>
    request.on('readable', () => {
      if (request.read() === null) then();
    }),
  pipe: (request, then) => request.pipe(new PassThrough()).resume().on('end', then),
  'promise of an event': (request, then) => void once(request.resume(), 'end').then(then),
  iterator: async (request, then) => {
    for await (const _ of request);
    then();
  },
};

test.each(Object.keys(READERS))(
  'a handler that read its request by %s may as well',
  async (way) => {
    const app = createLifecycle({ shutdownTimeoutMs: 60_000 });
    let isAsked = false;
    const { server, port } = await serve((request, response) => {
      READERS[way]?.(request, async () => {
        if (isAsked) return;
        isAsked = true;
        const { ok, pending } = await app.shutdown('request');
        response.end(JSON.stringify({ ok, pending }));
      });
    });
    app.onShutdown('server', (signal) => closeServer(server, signal));
    const answer = await fetch(`http://127.0.0.1:${port}/shutdown`, { method: 'POST', body: '{}' });
    expect(await answer.json()).toEqual({ ok: true, pending: true });
    expect(await app.ended).toMatchObject({ ok: true, reason: 'request' });
  },
);

test('so may one over HTTP/2', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 60_000 });
  const server = http2.createServer((request, response) => {
    request.resume().on('end', async () => {
      response.end(JSON.stringify(await app.shutdown('request')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  app.onShutdown('server', (signal) => closeServer(server, signal));
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const request = client.request({ ':method': 'POST', ':path': '/shutdown' });
  request.end('{}');
  expect(await json(request)).toMatchObject({ ok: true, pending: true });
  client.close();
  expect(await app.ended).toMatchObject({ ok: true, reason: 'request' });
});

test('a shutdown after the response has ended gives its whole report', async () => {
  const app = createLifecycle();
  const report = Promise.withResolvers<unknown>();
  const { server, port } = await serve((_request, response) => {
    response.end('bye', () => report.resolve(app.shutdown('afterwards')));
  });
  app.onShutdown('server', (signal) => closeServer(server, signal));
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(await report.promise).toMatchObject({ ok: true, endings: [{ name: 'server' }, {}] });
  expect(await report.promise).not.toHaveProperty('pending');
});

test('an AbortController where the signal belongs is refused', async () => {
  const controller = new AbortController() as unknown as AbortSignal;
  await expect(closeServer(createServer(), controller)).rejects.toThrow('must be an AbortSignal');
});

test('the health handler answers /health and /ready, and leaves the rest', async () => {
  const app = createLifecycle();
  app.health.register('db', () => {
    throw new Error('cannot reach db-7.internal');
  });
  const handler = healthHandler(app.health);
  const { server, port } = await serve((request, response) => {
    void handler(request, response, () => response.end('other'));
  });
  const ask = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${port}${path}`, { method });
  const live = await ask('/health?probe=1');
  expect([live.status, await live.json()]).toEqual([200, { status: 'pass', checks: {} }]);
  expect(live.headers.get('content-type')).toBe('application/health+json');
  const ready = await ask('/ready');
  const text = await ready.text();
  expect(ready.status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    reason: 'starting',
    checks: { db: { status: 'fail' } },
  });
  expect(text).not.toContain('db-7');
  expect(await (await ask('/ready', 'HEAD')).text()).toBe('');
  expect(await (await ask('/readyz')).text()).toBe('other');
  await closeServer(server);
});
