import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { captureLogs } from '@map/logger';
import busboy from 'busboy';
import coBody from 'co-body';
import formidable from 'formidable';
import got from 'got';
import { H3, readBody } from 'h3';
import { Hono } from 'hono';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { problemHandler, toProblem } from '../../src/http/problem.ts';
import { problemResponse, webContext } from '../../src/http/web-context.ts';

const json = { 'content-type': 'application/json' };
const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
const cut = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1';
const page = (): Promise<unknown> => new Response('<html>').json();
const post = (body: string | null, headers: Record<string, string> = json): Request =>
  new Request('http://pear.dev/', { method: 'POST', body, headers });

beforeEach(() => {
  const logs = captureLogs();
  onTestFinished(() => logs.stop());
});

test('malformed JSON of a request of Hono is 400; JSON of an upstream is 502', async () => {
  const app = new Hono();
  app.onError(problemResponse);
  app.post('/own', async (c) => c.json(await c.req.json()));
  app.post('/raw', async (c) => c.json(await c.req.raw.json()));
  app.post('/upstream', async (c) => c.json([await c.req.json(), await page()]));
  app.post('/form', async (c) => c.json(Object.keys(await c.req.parseBody())));
  app.get('/upstream', async (c) => c.json((await page()) as object));
  const statusOf = async (path: string, init?: RequestInit): Promise<number> =>
    (await app.request(path, init)).status;
  for (const body of ['{', '', '<html>']) {
    expect(await statusOf('/own', { method: 'POST', body, headers: json })).toBe(400);
    expect(await statusOf('/raw', { method: 'POST', body, headers: json })).toBe(400);
  }
  expect(await statusOf('/upstream', { method: 'POST', body: '{}', headers: json })).toBe(502);
  expect(await statusOf('/upstream')).toBe(502);
  expect(await statusOf('/form', { method: 'POST', body: cut, headers: multipart })).toBe(400);
});

test('malformed JSON of a web-standard request is 400, if it may be that of the request', async () => {
  const statusOf = async (incoming: Request, handle: () => Promise<unknown>): Promise<number> =>
    (await webContext()(incoming, async () => Response.json(await handle()))).status;
  for (const body of ['{', '', null]) {
    const incoming = post(body);
    expect(await statusOf(incoming, () => incoming.json())).toBe(400);
  }
  const form = post(cut, multipart);
  expect(await statusOf(form, () => form.formData())).toBe(400);
  const noForm = post('{}');
  expect(await statusOf(noForm, () => noForm.formData())).toBe(415);
  expect(await statusOf(post('{}'), page)).toBe(502);
  expect(await statusOf(new Request('http://pear.dev/'), page)).toBe(502);
  const bytes = post('pear', { 'content-type': 'application/octet-stream' });
  expect(await statusOf(bytes, async () => [await bytes.arrayBuffer(), await page()])).toBe(502);
});

test('a request whose client has left is 499', async () => {
  const controller = new AbortController();
  const incoming = new Request('http://pear.dev/', { signal: controller.signal });
  controller.abort();
  const { status } = await webContext()(incoming, () => incoming.signal.throwIfAborted() as never);
  expect(status).toBe(499);

  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const received = once(server, 'request');
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ port, method: 'POST', headers: { 'content-length': 9 } });
  outgoing.on('error', () => undefined).write('{');
  const [message, response] = (await received) as [IncomingMessage, ServerResponse];
  outgoing.destroy();
  const error = await message.toArray().catch((reason: unknown) => reason);
  let status499: unknown;
  const writeHead = (status: number) => ({ end: () => (status499 = status) });
  problemHandler()(error, { raw: message }, { writeHead });
  expect(status499).toBe(499);
  expect(toProblem(error).status).toBe(503);
  response.destroy();
});

test('errors of h3 keep their status, and what it wraps has its own', async () => {
  const app = new H3({ onError: problemResponse });
  app.post('/body', async (event) => readBody(event));
  app.post('/json', async (event) => event.req.json());
  app.post('/form', async (event) => [...(await event.req.formData())]);
  app.post('/refused', () =>
    Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
  );
  const statusOf = async (path: string, headers = json): Promise<number> =>
    (await app.request(path, { method: 'POST', body: '{', headers })).status;
  expect(await statusOf('/body')).toBe(400);
  expect(await statusOf('/json')).toBe(400);
  expect(await statusOf('/form', multipart)).toBe(400);
  expect(await statusOf('/none')).toBe(404);
  expect(await statusOf('/refused')).toBe(503);
});

test.each([
  [400, multipart, cut],
  [400, { 'content-type': 'multipart/form-data' }, cut],
  [400, multipart, '--x\r\nno header\r\n\r\n1\r\n--x--'],
  [400, {}, 'a=1'],
  [415, { 'content-type': 'image/png' }, 'a=1'],
])('busboy: %d for %j', async (status, headers, body) => {
  const error = await new Promise((resolve, reject) => {
    try {
      const parser = busboy({ headers });
      parser.on('error', resolve).on('close', () => reject(new Error('no error')));
      parser.end(body);
    } catch (thrown) {
      resolve(thrown);
    }
  });
  expect(toProblem(error)).toMatchObject({ status, body: { status, code: 'BAD_REQUEST_2001' } });
});

/** The response of a Node server whose handler is this. */
async function nodeResponse(
  handle: (incoming: IncomingMessage) => Promise<unknown>,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const server = createServer((incoming, response) => {
    handle(incoming)
      .catch((error: unknown) => problemHandler()(error, incoming, response))
      .finally(() => response.end());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body });
}

const nodeStatus = async (...given: Parameters<typeof nodeResponse>): Promise<number> =>
  (await nodeResponse(...given)).status;

const packed = new Uint8Array(gzipSync('{"a":1}'));
const checksum = packed.slice().fill(0, -8);
const encoded = (encoding: string) => ({ ...json, 'content-encoding': encoding });

test.each([
  ['invalid gzip', 400, 'gzip', 'pear'],
  ['gzip that ends early', 400, 'gzip', packed.slice(0, 12)],
  ['gzip with a wrong checksum', 400, 'gzip', checksum],
  ['invalid deflate', 400, 'deflate', 'pear'],
  ['invalid Brotli', 400, 'br', 'pear'],
  ['Brotli of malformed JSON', 400, 'br', new Uint8Array(brotliCompressSync('{'))],
  ['an unknown encoding', 415, 'zstd', 'pear'],
  ['gzip', 200, 'gzip', packed],
])('co-body, as in Koa: %s is %d', async (_, status, encoding, body) => {
  expect(await nodeStatus((incoming) => coBody(incoming), encoded(encoding), body)).toBe(status);
});

test('a body of an upstream that cannot be decompressed is 502', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('pear');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failures = [() => fetch(url).then((answer) => answer.text()), () => got(url).text()];
  for (const fail of failures) expect(await nodeStatus(fail, json, '{}')).toBe(502);
});

test('malformed JSON that formidable, or the handler itself, has read from a request is 400', async () => {
  const parse = (incoming: IncomingMessage) => formidable().parse(incoming);
  const byHand = async (incoming: IncomingMessage) => JSON.parse(await text(incoming));
  for (const handle of [parse, byHand]) {
    expect(await nodeStatus(handle, json, '{')).toBe(400);
    expect(await nodeStatus(handle, json, '{}')).toBe(200);
  }
  // The body of the request was not read, or has another type.
  expect(await nodeStatus(page, json, '{}')).toBe(502);
  const plain = { 'content-type': 'application/octet-stream' };
  expect(
    await nodeStatus(async (incoming) => [await text(incoming), await page()], plain, 'x'),
  ).toBe(502);
  // A framework has parsed it.
  const parsed = async (incoming: IncomingMessage) => {
    Object.assign(incoming, { body: await byHand(incoming) });
    await page();
  };
  expect(await nodeStatus(parsed, json, '{}')).toBe(502);
});

test.each([
  [400, multipart, cut, {}],
  [415, { 'content-type': 'image/png' }, 'x', {}],
  [413, { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1&b=2', { maxFields: 1 }],
])('formidable: %d for %j', async (status, headers, body, options) => {
  const parse = (incoming: IncomingMessage) => formidable(options).parse(incoming);
  const response = await nodeResponse(parse, headers, body);
  expect([response.status, ((await response.json()) as { status: number }).status]).toEqual([
    status,
    status,
  ]);
});
