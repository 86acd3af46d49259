import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listening, serveProxy, type TestServer } from '../../support/http-server.ts';
import { open } from './support/open.ts';

let server: TestServer;
let certificate: Certificate;
let directory: string;
const held: ServerResponse[] = [];

const listener: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  if (pathname === '/redirect') {
    response.writeHead(302, { location: searchParams.get('to') ?? '' }).end();
  } else if (pathname === '/held') held.push(response);
  else response.end(`direct ${request.socket.remotePort}`);
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'map-fetch-'));
  [server, certificate] = await Promise.all([
    listening(createServer(listener)),
    makeCertificate(directory),
  ]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

test('what is not public is not reached: by address, by name, by redirect', async () => {
  await using web = open({ egress: 'public', retries: 2 });
  let connections = 0;
  server.server.on('connection', () => {
    connections += 1;
  });
  for (const url of [
    server.url,
    `http://2130706433:${server.port}/`,
    `http://localhost:${server.port}/`,
    `http://[::ffff:127.0.0.1]:${server.port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
  ]) {
    const error = await web.fetch(url).catch((e) => e);
    expect([url, error.code, error.retryable]).toEqual([url, 'EGRESS_BLOCKED_9009', false]);
    expect(error.message).toContain('is not a public address');
  }
  expect(web.retries).toEqual([]);
  expect(connections).toBe(0);

  await using tools = open({ egress: 'public', egressAllow: [`127.0.0.1:${server.port}`] });
  expect(await (await tools.fetch(server.url)).text()).toContain('direct');
  for (const to of ['http://localhost:1/', 'http://10.0.0.1/', 'http://[::1]/']) {
    const error = await tools.fetch(`${server.url}/redirect?to=${to}`).catch((e) => e);
    expect([to, error.code]).toEqual([to, 'EGRESS_BLOCKED_9009']);
  }
});

test('a name is allowed or denied with whatever address it has', async () => {
  await using named = open({ egress: 'listed', egressAllow: ['localhost'] });
  expect((await named.fetch(`http://localhost:${server.port}/`)).status).toBe(200);
  await expect(named.fetch(server.url)).rejects.toThrow('is not on the allow list');
  await using denied = open({ egressDeny: ['127.0.0.0/8', '::1'] });
  await expect(denied.fetch(`http://localhost:${server.port}/`)).rejects.toThrow(
    'it is on the deny list',
  );
});

test('requests go through a proxy unless the host is listed', async () => {
  const seen: string[] = [];
  const proxy = await serveProxy(seen);
  const secure = await listening(createTlsServer({ ...certificate }, listener));
  await using web = open({
    proxy: `http://user:p%40ss@127.0.0.1:${proxy.port}`,
    noProxy: ['127.0.0.0/8'],
    ca: certificate.cert,
  });
  const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  expect(await (await web.fetch('http://name.invalid/page?a=1')).text()).toBe('by proxy');
  expect(await (await web.fetch(`https://localhost:${secure.port}/`)).text()).toContain('direct');
  expect(web.counts()).toEqual({ open: 2, inUse: 0, waiting: 0 });
  expect(await (await web.fetch(server.url)).text()).toContain('direct');
  expect(web.counts().open).toBe(3);
  expect(seen).toEqual([
    `GET http://name.invalid/page?a=1 ${basic}`,
    `CONNECT localhost:${secure.port} ${basic}`,
  ]);

  await using refused = open({ proxy: proxy.url, retries: 1 });
  await expect(refused.fetch(`https://localhost:${secure.port}/`)).rejects.toMatchObject({
    code: 'CONNECTION_ERROR_9000',
    retryable: false,
    message: expect.stringContaining('responded with 407'),
  });
  await secure[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

test('a proxy that opens no way in time is a connection that did not open', async () => {
  let asked = 0;
  const silent = await listening(createTcpServer((socket) => socket.once('data', () => asked++)));
  await using web = open({ proxy: silent.url, connectTimeoutMs: 100, retries: 1 });
  const post = web.fetch('https://name.invalid/', { method: 'POST', body: 'x' });
  await expect(post).rejects.toMatchObject({ code: 'CONNECTION_TIMEOUT_9003', retryable: true });
  // It was not sent, so that a POST to an API was repeated too.
  expect(asked).toBe(2);
  await web.close();
  await silent[Symbol.asyncDispose]();
});

test('certificates are checked, and a client has its own', async () => {
  const secure = await listening(
    createTlsServer(
      { ...certificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const { authorized } = request.socket as unknown as { authorized: boolean };
        response.end(`client ${authorized}`);
      },
    ),
  );
  const url = `https://localhost:${secure.port}/`;
  await using stranger = open();
  await expect(stranger.fetch(url)).rejects.toMatchObject({
    code: 'TLS_FAILURE_9005',
    retryable: false,
  });
  await using anonymous = open({ ca: certificate.cert });
  expect(await (await anonymous.fetch(url)).text()).toBe('client false');
  await using known = open({
    ca: certificate.cert,
    cert: certificate.cert,
    key: { reveal: () => certificate.key },
  });
  expect(await (await known.fetch(url)).text()).toBe('client true');
  await secure[Symbol.asyncDispose]();
});

test('HTTP/2 is spoken where it was asked for', async () => {
  const both = await listening(
    createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
      response.end(`over ${request.httpVersion}`);
    }) as never,
  );
  const url = `https://localhost:${both.port}/`;
  await using old = open({ ca: certificate.cert });
  expect(await (await old.fetch(url)).text()).toBe('over 1.1');
  await using modern = open({ ca: certificate.cert, http2: true });
  expect(await (await modern.fetch(url, { method: 'POST', body: 'x' })).text()).toBe('over 2.0');
  await Promise.all([modern.close(), old.close()]);
  await both[Symbol.asyncDispose]();
});

test('sockets are kept for the next request, limited in number and in age', async () => {
  await using web = open({ maxSocketsPerHost: 2, maxSocketLifetimeMs: 1_000 });
  const port = async (): Promise<string> => {
    // undici frees a socket one turn of the event loop after its response.
    await new Promise((resolve) => setImmediate(resolve));
    return await (await web.fetch(server.url)).text();
  };
  const first = await port();
  expect(await port()).toBe(first);
  await expect.poll(port, { interval: 200, timeout: 20_000 }).not.toBe(first);
  const many = Array.from({ length: 6 }, () => web.fetch(`${server.url}/held`));
  await expect
    .poll(() => web.counts(), { timeout: 20_000 })
    .toMatchObject({ open: 2, inUse: 2, waiting: 4 });
  let answered = 0;
  await expect
    .poll(
      () => {
        for (const response of held.splice(0)) {
          response.end('held');
          answered += 1;
        }
        return answered;
      },
      { timeout: 20_000 },
    )
    .toBe(6);
  for (const response of await Promise.all(many)) await response.text();
  expect(web.counts()).toMatchObject({ inUse: 0, waiting: 0 });
});

test('nothing stays open when the connection has been closed', async () => {
  const web = open();
  await (await web.fetch(server.url)).text();
  const late = web.fetch(`${server.url}/held`);
  late.catch(() => {});
  await expect.poll(() => web.counts().inUse).toBe(1);
  await web.close();
  await expect(late).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  const left = await new Promise<number>((resolve, reject) => {
    (server.server as ReturnType<typeof createServer>).getConnections((error, count) =>
      error ? reject(error) : resolve(count),
    );
  });
  expect(left).toBe(0);
});
