import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { ConnectionError, ErrorCode } from '@map/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listening, type TestServer } from '../../support/http-server.ts';
import { open } from './support/open.ts';

let server: TestServer;
let other: TestServer;

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('latin1')) text += chunk;
  return text;
}

const packed: Record<string, (text: string) => Buffer> = {
  gzip: gzipSync,
  deflate: deflateSync,
  'deflate-raw': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://server');
  const { pathname, searchParams } = url;
  if (pathname === '/echo') {
    const body = await read(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
  } else if (pathname === '/status') {
    response.statusMessage = searchParams.get('text') ?? 'Fine';
    response.writeHead(Number(searchParams.get('code')), { 'set-cookie': ['a=1', 'b=2'] });
    response.end();
  } else if (pathname === '/redirect') {
    await read(request);
    const location = searchParams.get('to');
    response.writeHead(
      Number(searchParams.get('code') ?? 302),
      location === null ? {} : { location },
    );
    response.end('moved');
  } else if (pathname === '/loop') {
    response.writeHead(302, { location: '/loop' }).end();
  } else if (pathname === '/packed') {
    const coding = searchParams.get('coding') ?? '';
    const text = 'packed '.repeat(Number(searchParams.get('times') ?? 1_000));
    let bytes: Buffer = Buffer.from(text);
    for (const one of coding.split(',')) bytes = packed[one]?.(bytes as never) ?? bytes;
    response.setHeader('content-encoding', coding.replace('-raw', ''));
    response.end(bytes);
  } else if (pathname === '/broken') {
    response.setHeader('content-encoding', 'gzip');
    response.end('this is not gzip at all');
  } else if (pathname === '/chunks') {
    for (let index = 0; index < 10; index++) {
      response.write(`chunk ${index};`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    response.end();
  } else if (pathname === '/large') {
    const size = Number(searchParams.get('size'));
    if (searchParams.has('length')) response.setHeader('content-length', size);
    Readable.from(
      (function* () {
        for (let sent = 0; sent < size; sent += 65_536) {
          yield Buffer.alloc(Math.min(65_536, size - sent), 'x');
        }
      })(),
    ).pipe(response);
  } else if (pathname === '/open') {
    response.write('begun');
  } else if (pathname === '/never') {
    // No response at all.
  } else response.writeHead(404).end('nothing here');
}

beforeAll(async () => {
  // A client that aborts a request ends the reading of its body.
  const make = () =>
    createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
  [server, other] = await Promise.all([listening(make()), listening(make())]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('a response is the class of Node, with its URL, status, headers and body', async () => {
  await using web = open();
  const response = await web.fetch(`${server.url}/status?code=203&text=Sure#part`);
  expect(response).toBeInstanceOf(Response);
  expect(Object.prototype.toString.call(response)).toBe('[object Response]');
  expect(response).toMatchObject({ status: 203, ok: true, statusText: 'Sure', redirected: false });
  expect(response.url).toBe(`${server.url}/status?code=203&text=Sure`);
  expect(response.type).toBe('basic');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.text()).toBe('');
  expect(response.bodyUsed).toBe(true);
  expect(web.records).toEqual(['ok']);
});

test('the text of a status may be in any script', async () => {
  const text = 'Nicht verfügbar 不可用';
  const speaking = await listening(
    createTcpServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 ${text}\r\ncontent-length: 2\r\n\r\nok`));
    }),
  );
  await using web = open();
  const response = await web.fetch(speaking.url);
  const copy = response.clone();
  expect([response.statusText, copy.statusText]).toEqual([text, text]);
  expect([await response.text(), await copy.text()]).toEqual(['ok', 'ok']);
  await speaking[Symbol.asyncDispose]();
});

test('every status is a response, and its failure stands in the record', async () => {
  await using web = open();
  for (const code of [204, 205, 304, 400, 404, 429, 500, 599, 999]) {
    const response = await web.fetch(`${server.url}/status?code=${code}`);
    expect([response.status, response.ok]).toEqual([code, code < 300]);
    if ([204, 205, 304].includes(code)) expect(response.body).toBeNull();
    await response.arrayBuffer();
  }
  expect(web.records).toEqual([
    ...['ok', 'ok', 'ok', 'UPSTREAM_REJECTED_2012', 'UPSTREAM_REJECTED_2012', 'RATE_LIMITED_9500'],
    ...['UPSTREAM_ERROR_2010', 'UPSTREAM_ERROR_2010', 'UPSTREAM_ERROR_2010'],
  ]);
});

test('every kind of body is sent with its type', async () => {
  await using web = open();
  const form = new FormData();
  form.set('field', 'välue');
  form.set('file', new File(['content'], 'name.txt', { type: 'text/csv' }));
  const bytes = new TextEncoder().encode('-bytes-');
  const kinds: [NonNullable<RequestInit['body']>, string, string | undefined][] = [
    ['text ü', 'text Ã¼', 'text/plain;charset=UTF-8'],
    [new URLSearchParams({ a: 'b c' }), 'a=b+c', 'application/x-www-form-urlencoded;charset=UTF-8'],
    [bytes, '-bytes-', undefined],
    [bytes.subarray(1, 6), 'bytes', undefined],
    [bytes.buffer, '-bytes-', undefined],
    [new DataView(bytes.buffer, 1, 2), 'by', undefined],
    [new Blob(['blob'], { type: 'image/png' }), 'blob', 'image/png'],
    [new Blob(['blob']), 'blob', undefined],
    [new Blob([Buffer.alloc(2_000_000, 'x')]), 'x'.repeat(2_000_000), undefined],
    ['', '', 'text/plain;charset=UTF-8'],
  ];
  for (const [body, text, type] of kinds) {
    const response = await web.fetch(`${server.url}/echo`, { method: 'post', body });
    const seen = (await response.json()) as {
      method: string;
      body: string;
      headers: Record<string, string>;
    };
    expect(seen.method).toBe('POST');
    expect(seen.body === text).toBe(true);
    expect(seen.headers['content-type']).toBe(type);
    expect(seen.headers['content-length']).toBe(String(text.length));
  }
  const response = await web.fetch(`${server.url}/echo`, { method: 'POST', body: form });
  const seen = (await response.json()) as { body: string; headers: Record<string, string> };
  const [, boundary] =
    /^multipart\/form-data; boundary=(.+)$/.exec(seen.headers['content-type'] ?? '') ?? [];
  expect(seen.body).toContain(`--${boundary}`);
  expect(seen.body).toContain('filename="name.txt"');
  expect(seen.headers['content-length']).toBe(String(seen.body.length));
});

test('a stream is sent as it comes, and needs half duplex', async () => {
  await using web = open();
  const stream = (): ReadableStream =>
    ReadableStream.from([Buffer.from('one '), Buffer.from('two')]);
  const init = { method: 'PUT', body: stream(), duplex: 'half' } as RequestInit;
  const response = await web.fetch(`${server.url}/echo`, init);
  expect(((await response.json()) as { body: string }).body).toBe('one two');
  const error = await web
    .fetch(`${server.url}/echo`, { method: 'PUT', body: stream() })
    .catch((e) => e);
  expect(error).toBeInstanceOf(TypeError);
});

test('a body that fails is the error of its source, and not of the server', async () => {
  const circuit = { window: 2, minCalls: 1 };
  await using web = open({ circuit, origin: 'llm', retries: 2 });
  const url = `${server.url}/echo`;
  async function* chunks(): AsyncGenerator<string> {
    yield 'one';
    throw new Error('disk');
  }
  const stream = (): ReadableStream => ReadableStream.from(chunks());
  const ended = new PassThrough();
  ended.destroy();
  const coded = new ConnectionError({ code: ErrorCode.TLS_FAILURE, message: 'elsewhere' });
  const cases: [() => RequestInit['body'], string][] = [
    [chunks as never, 'UNKNOWN_ERROR_1001'],
    [stream, 'UNKNOWN_ERROR_1001'],
    [
      () => new Request(url, { method: 'POST', body: stream(), duplex: 'half' } as never).body,
      'UNKNOWN_ERROR_1001',
    ],
    [() => ended as never, 'CONNECTION_RESET_9002'],
    [() => new ReadableStream({ pull: (controller) => controller.error(coded) }), coded.code],
  ];
  for (const [make, code] of cases) {
    const init = { method: 'POST', body: make(), duplex: 'half' } as RequestInit;
    const error = await web.fetch(url, init).catch((e) => e);
    expect(error).toMatchObject({ code, retryable: false });
  }
  const request = new Request(url, { method: 'POST', body: stream(), duplex: 'half' } as never);
  await expect(web.fetch(request)).rejects.toThrow(/^The body of POST .* could not be read\.$/);
  expect(web.circuits).toEqual([]);
  expect((await web.fetch(url)).status).toBe(200);
});

test('a Request is taken as it is, and init wins over it', async () => {
  await using web = open();
  const request = new Request(`${server.url}/echo`, {
    method: 'PATCH',
    body: 'of the request',
    headers: { 'x-one': '1', 'content-type': 'text/x' },
  });
  const response = await web.fetch(request);
  expect(await response.json()).toMatchObject({
    method: 'PATCH',
    body: 'of the request',
    headers: { 'x-one': '1', 'content-type': 'text/x' },
  });
  expect(request.bodyUsed).toBe(true);
  const again = new Request(`${server.url}/echo`, { headers: { 'x-one': '1' } });
  const changed = await web.fetch(again, { method: 'POST', headers: { 'x-two': '2' }, body: 'b' });
  const seen = (await changed.json()) as { method: string; headers: Record<string, string> };
  expect([seen.method, seen.headers['x-one'], seen.headers['x-two']]).toEqual([
    'POST',
    undefined,
    '2',
  ]);
  await expect(web.fetch(request)).rejects.toThrow(TypeError);
});

test('headers of the connection and of the trace are sent unless the caller has its own', async () => {
  await using web = open({
    headers: { 'x-team': 'blue', accept: 'text/x' },
    traceHeaders: () => ({ traceparent: '00-1', 'x-team': 'trace' }),
  });
  const seen = async (headers: Record<string, string>): Promise<Record<string, string>> => {
    const response = await web.fetch(`${server.url}/echo`, { headers });
    return ((await response.json()) as { headers: Record<string, string> }).headers;
  };
  expect(await seen({})).toMatchObject({ 'x-team': 'blue', accept: 'text/x', traceparent: '00-1' });
  expect(await seen({ 'X-Team': 'red', Connection: 'close', 'Content-Length': '7' })).toMatchObject(
    {
      'x-team': 'red',
      connection: 'keep-alive',
      'accept-encoding': 'gzip, deflate, br, zstd',
    },
  );
});

test('redirects follow the standard', async () => {
  await using web = open();
  const cases: [number, string, string, string][] = [
    [301, 'GET', 'GET', ''],
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'body'],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'body'],
    [308, 'POST', 'POST', 'body'],
  ];
  for (const [code, method, then, body] of cases) {
    const response = await web.fetch(`${server.url}/redirect?code=${code}&to=/echo`, {
      method,
      ...(method !== 'GET' && method !== 'HEAD' && { body: 'body' }),
    });
    expect(response).toMatchObject({ status: 200, redirected: true, url: `${server.url}/echo` });
    if (method === 'HEAD') continue;
    const seen = (await response.json()) as { headers: Record<string, string> };
    expect([code, method, seen]).toMatchObject([code, method, { method: then, body }]);
    if (body === '') expect(seen.headers['content-type']).toBeUndefined();
  }
  const kept = await web.fetch(`${server.url}/redirect?to=/status?code=200#new`);
  expect(kept.url).toBe(`${server.url}/status?code=200`);
});

test('a redirect is returned, rejected or followed to its limit', async () => {
  await using web = open();
  const manual = await web.fetch(`${server.url}/redirect?to=/echo`, { redirect: 'manual' });
  expect([manual.status, manual.headers.get('location')]).toEqual([302, '/echo']);
  expect(await manual.text()).toBe('moved');
  const without = await web.fetch(`${server.url}/redirect`);
  expect(without.status).toBe(302);
  for (const [path, init, words] of [
    ['/redirect?to=/echo', { redirect: 'error' }, 'is a redirect'],
    ['/loop', {}, 'exceeds the limit of 20 redirects'],
    ['/redirect?to=ftp://example.test/', {}, 'a URL of the scheme ftp:'],
    ['/redirect?to=http://u:hunter2@example.test/', {}, 'a URL with credentials'],
    ['/redirect?to=http://[bad/', {}, 'a malformed URL'],
    [
      '/redirect?code=307&to=/echo',
      { method: 'POST', body: ReadableStream.from([Buffer.from('x')]), duplex: 'half' },
      'body cannot be sent again',
    ],
  ] as const) {
    const error = await web.fetch(`${server.url}${path}`, init as RequestInit).catch((e) => e);
    expect([path, error.code]).toEqual([path, 'UPSTREAM_BAD_RESPONSE_2013']);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  }
});

test('credentials stay with the origin that they were given for', async () => {
  await using web = open();
  const credentials = { authorization: 'Bearer s', cookie: 'c', 'x-api-key': 'k' };
  const headers = { ...credentials, 'x-page': '1', host: 'named.example' };
  const seen = async (to: string): Promise<Record<string, string>> => {
    const response = await web.fetch(`${server.url}/redirect?to=${to}`, { headers });
    return ((await response.json()) as { headers: Record<string, string> }).headers;
  };
  expect(await seen('/echo')).toMatchObject(headers);
  const elsewhere = await seen(`${other.url}/echo`);
  expect(elsewhere).toMatchObject({ 'x-page': '1', host: new URL(other.url).host });
  expect(Object.keys(elsewhere)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/auth|cookie|key/)]),
  );
});

test('bodies are decompressed, also twice', async () => {
  await using web = open();
  for (const coding of [
    'gzip',
    'deflate',
    'deflate-raw',
    'br',
    'zstd',
    'gzip,br',
    'identity',
    'unknown',
  ]) {
    const response = await web.fetch(`${server.url}/packed?coding=${coding}`);
    const text = await response.text();
    expect([coding, text === 'packed '.repeat(1_000)]).toEqual([coding, true]);
  }
});

test('a body is limited after decompression', async () => {
  await using web = open({ maxResponseBytes: 100_000 });
  const bomb = await web.fetch(`${server.url}/packed?coding=gzip&times=1000000`);
  await expect(bomb.text()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE_2013' });
  const long = await web.fetch(`${server.url}/large?size=300000`);
  await expect(long.arrayBuffer()).rejects.toThrow('larger than 100000 bytes (maxResponseBytes)');
  await expect(web.fetch(`${server.url}/large?size=100001&length`)).rejects.toThrow('larger than');
  const fitting = await web.fetch(`${server.url}/large?size=100000&length`);
  expect((await fitting.arrayBuffer()).byteLength).toBe(100_000);
  const broken = await web.fetch(`${server.url}/broken`);
  await expect(broken.text()).rejects.toThrow('cannot be decompressed');
  expect(web.records).toEqual([
    ...Array.from({ length: 3 }, () => 'UPSTREAM_BAD_RESPONSE_2013'),
    ...['ok', 'UPSTREAM_BAD_RESPONSE_2013'],
  ]);
  expect(web.pending()).toBe(0);
});

test('a body is streamed, cloned, read by bytes of the caller, and left early', async () => {
  await using web = open();
  const streamed = await web.fetch(`${server.url}/chunks`);
  const parts: string[] = [];
  for await (const chunk of streamed.body as ReadableStream<Uint8Array>)
    parts.push(Buffer.from(chunk).toString());
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.join('')).toMatch(/^chunk 0;.*chunk 9;$/);

  const original = await web.fetch(`${server.url}/large?size=1000000`);
  const copy = original.clone();
  expect(copy.url).toBe(original.url);
  const [one, two] = await Promise.all([original.arrayBuffer(), copy.arrayBuffer()]);
  expect([one.byteLength, two.byteLength]).toEqual([1_000_000, 1_000_000]);

  const own = await web.fetch(`${server.url}/chunks`);
  const reader = (own.body as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
  const { value } = await reader.read(new Uint8Array(3));
  expect(Buffer.from(value as Uint8Array).toString()).toBe('chu');
  await reader.cancel();

  const left = await web.fetch(`${server.url}/open`);
  await left.body?.cancel();
  for await (const _ of (await web.fetch(`${server.url}/chunks`)).body ?? []) break;
  expect(web.records).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(web.pending()).toBe(0);
});

test('a large body waits for its reader', async () => {
  await using web = open({ maxResponseBytes: 100 * 1024 * 1024 });
  const response = await web.fetch(`${server.url}/large?size=20000000`);
  const before = process.memoryUsage().arrayBuffers;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  expect((await response.arrayBuffer()).byteLength).toBe(20_000_000);
});

test('the signal of the caller holds to the end of the body, and keeps no listener', async () => {
  await using web = open();
  const reason = new Error('enough');
  await expect(web.fetch(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

  const waiting = new AbortController();
  const never = web.fetch(`${server.url}/never`, { signal: waiting.signal });
  setTimeout(() => waiting.abort(), 20);
  await expect(never).rejects.toMatchObject({ name: 'AbortError' });

  const reading = new AbortController();
  const response = await web.fetch(`${server.url}/open`, { signal: reading.signal });
  const body = response.text();
  setTimeout(() => reading.abort(reason), 20);
  await expect(body).rejects.toBe(reason);

  const quiet = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = quiet.signal;
  quiet.signal.addEventListener = (...args: unknown[]) => {
    listeners += 1;
    return Reflect.apply(addEventListener, quiet.signal, args);
  };
  quiet.signal.removeEventListener = (...args: unknown[]) => {
    listeners -= 1;
    return Reflect.apply(removeEventListener, quiet.signal, args);
  };
  await (await web.fetch(`${server.url}/chunks`, { signal: quiet.signal })).text();
  expect(listeners).toBe(0);
  expect(web.records).toEqual([...Array.from({ length: 3 }, () => 'cancelled'), 'ok']);
});

test('what fetch refuses with a TypeError is refused so here', async () => {
  await using web = open();
  const url = `${server.url}/echo`;
  const cases: [string | URL | Request, RequestInit | undefined, string][] = [
    ['/relative', undefined, 'Failed to parse URL: it must be absolute'],
    ['http://u:hunter2@example.test/', undefined, 'credentials'],
    ['ftp://example.test/', undefined, 'scheme'],
    [url, { method: 'CONNECT' }, 'CONNECT'],
    [url, { method: 'A B' }, '`method`'],
    [url, { body: 'x' }, 'GET must not have a body'],
    [url, { headers: { 'a b': 'x' } }, 'one of the names'],
    [url, { headers: { authorization: 'Bearer\nhunter2' } }, 'the value of "authorization"'],
    [url, { headers: [['x-key', '“hunter2”']] }, 'the value of "x-key"'],
    [url, { redirect: 'never' as never }, '`redirect`'],
    [url, { signal: {} as never }, '`signal`'],
    [url, { method: 'POST', body: { a: 1 } as never }, 'got an object'],
    [url, { dispatcher: {} } as never, '`dispatcher` is not supported'],
    [url, { limits: { timeoutMs: 0 } } as never, '`limits.timeoutMs`'],
    [
      url,
      { limits: { tiemout: 1 } } as never,
      '`tiemout` is not an option of `limits` of fetch. Use one of connectTimeoutMs',
    ],
  ];
  for (const [input, init, words] of cases) {
    const error = await web.fetch(input, init).catch((e) => e);
    expect([words, error instanceof TypeError || error instanceof RangeError]).toEqual([
      words,
      true,
    ]);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  }
});

test('data URLs and Blobs are read by Node', async () => {
  await using web = open();
  for (const url of ['data:text/plain,hello', ' DATA:,hello']) {
    expect(await (await web.fetch(url)).text()).toBe('hello');
  }
});
