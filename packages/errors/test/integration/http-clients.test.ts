import { once } from 'node:events';
import { get } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { freePort, startRedis } from '@map-tooling/testing';
import axios from 'axios';
import got from 'got';
import { describe, expect, onTestFinished, test } from 'vitest';
import { convertException, ErrorCode } from '../../src/index.ts';
import {
  type Answer,
  cutJson,
  json,
  reset,
  silence,
  startAnswerServer,
  text,
} from '../support/answer-server.ts';
import { caught } from '../support/caught.ts';

const PATH = '/v1/data?token=QUERYNOBODYMAYSEE';
const headers = { authorization: 'Bearer HEADERNOBODYMAYSEE', cookie: 'sid=COOKIENOBODYMAYSEE' };
const body = { password: 'BODYNOBODYMAYSEE' };

interface Client {
  readonly name: string;
  call(url: string, signal?: AbortSignal): Promise<unknown>;
}

const gotClient: Client = {
  name: 'got',
  call: (url, signal) =>
    got
      .post(url + PATH, {
        headers,
        json: body,
        retry: { limit: 0 },
        timeout: { request: 2000 },
        ...(signal && { signal }),
      })
      .json(),
};

const axiosClient: Client = {
  name: 'axios',
  call: (url, signal) =>
    axios.post(url + PATH, body, {
      headers,
      timeout: 2000,
      maxRedirects: 3,
      responseType: 'json',
      transitional: { silentJSONParsing: false },
      ...(signal && { signal }),
    }),
};

const fetchClient: Client = {
  name: 'fetch',
  call: async (url, signal) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null };
    return (await fetch(url + PATH, init)).json();
  },
};

async function failure(answer: Answer, client: Client, signal?: AbortSignal): Promise<unknown> {
  await using server = await startAnswerServer(answer);
  return await caught(() => client.call(server.url, signal));
}

const redirectToItself: Answer = (response) => {
  response.writeHead(302, { location: PATH }).end();
};

/** What no client of HTTP can follow. */
const NO_TARGETS = ['file:///etc/passwd', 'data:,x', 'unix:/run/x', 'http://:80', 'http://['];

const redirectTo =
  (location: string): Answer =>
  (response) => {
    response.writeHead(302, { location }).end();
  };

const STATUS_RULES: readonly (readonly [number, ErrorCode])[] = [
  [429, ErrorCode.RATE_LIMITED],
  [408, ErrorCode.UPSTREAM_TIMEOUT],
  [504, ErrorCode.UPSTREAM_TIMEOUT],
  [500, ErrorCode.UPSTREAM_ERROR],
  [502, ErrorCode.UPSTREAM_ERROR],
  [503, ErrorCode.UPSTREAM_ERROR],
  [400, ErrorCode.UPSTREAM_REJECTED],
  [401, ErrorCode.UPSTREAM_REJECTED],
  // With a wait, as GitHub gives it.
  [403, ErrorCode.RATE_LIMITED],
  [404, ErrorCode.UPSTREAM_REJECTED],
];

describe.each([gotClient, axiosClient])('$name', (client) => {
  test.each(STATUS_RULES)('status %i is %s', async (status, code) => {
    const answer = json(status, { secret: 'ANSWERNOBODYMAYSEE' }, { 'retry-after': '2' });
    const found = convertException(await failure(answer, client));
    expect(found.code).toBe(code);
    expect(found.retryAfterMs).toBe(2000);
    expect(found.details).toMatchObject({
      method: 'POST',
      endpoint: '/v1/data',
      status_code: status,
    });
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('a model behind it', async () => {
    const answer = json(429, { error: { code: 'insufficient_quota' } });
    const found = convertException(await failure(answer, client), { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.LLM_QUOTA_EXCEEDED);
  });

  test('no answer in time', async () => {
    expect(convertException(await failure(silence, client)).code).toBe(ErrorCode.UPSTREAM_TIMEOUT);
  });

  test('an answer that is not JSON', async () => {
    const found = convertException(await failure(text(200, '{"NOBODYMAYSEE'), client));
    expect(found.code).toBe(ErrorCode.UPSTREAM_BAD_RESPONSE);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('redirects without end', async () => {
    const found = convertException(await failure(redirectToItself, client));
    expect(found.code).toBe(ErrorCode.UPSTREAM_BAD_RESPONSE);
  });

  test.each(NO_TARGETS)('a redirect to %s', async (location) => {
    const found = convertException(await failure(redirectTo(location), client));
    expect([found.code, found.retryable]).toEqual([ErrorCode.UPSTREAM_BAD_RESPONSE, false]);
    const answer = convertException(await failure(redirectTo(location), client), { origin: 'llm' });
    expect(answer.code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
  });

  test('an answer that breaks off', async () => {
    const found = convertException(await failure(cutJson, client));
    expect(found.code).toBe(ErrorCode.CONNECTION_RESET);
  });
});

const whole = Buffer.from(JSON.stringify({ list: Array.from({ length: 500 }, (_, i) => i * 7) }));

/** Answers with a body in which the bytes are wrong, or of which the end is missing. */
const broken =
  (encoding: string, body: Buffer, isCut: boolean): Answer =>
  (response) => {
    const wrong = Buffer.from(isCut ? body.subarray(0, 100) : body);
    for (let at = 20; !isCut && at < wrong.length; at += 7) wrong.writeUInt8(0x5a, at);
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
    response.end(wrong);
  };

async function expectUnusable(encoding: string, body: Buffer, client: Client): Promise<void> {
  for (const isCut of [false, true]) {
    const error = await failure(broken(encoding, body, isCut), client);
    expect(convertException(error, { origin: 'api' }).code).toBe(ErrorCode.UPSTREAM_BAD_RESPONSE);
    expect(convertException(error, { origin: 'llm' }).code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
  }
}

// axios does not read zstd.
test.each([gotClient, fetchClient])('$name: a body that is not valid zstd', async (client) => {
  await expectUnusable('zstd', zstdCompressSync(whole), client);
});

describe.each([gotClient, axiosClient, fetchClient])('$name', (client) => {
  test.each([
    ['gzip', gzipSync(whole)],
    ['br', brotliCompressSync(whole)],
    ['deflate', deflateSync(whole)],
  ] as const)('a body that is not valid %s', async (encoding, body) => {
    await expectUnusable(encoding, body, client);
  });
  test('a reset connection', async () => {
    expect(convertException(await failure(reset, client)).code).toBe(ErrorCode.CONNECTION_RESET);
  });

  test('no server', async () => {
    const port = await freePort();
    const found = convertException(await caught(() => client.call(`http://127.0.0.1:${port}`)));
    expect(found.code).toBe(ErrorCode.CONNECTION_REFUSED);
    expect(found.retryable).toBe(true);
    expect(found.message).toContain('ECONNREFUSED');
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('a host that does not exist', async () => {
    const found = convertException(await caught(() => client.call('http://nope.invalid')));
    expect(found.code).toBe(ErrorCode.DNS_FAILURE);
  });

  test('an invalid URL', async () => {
    const found = convertException(await caught(() => client.call('http://user:NOBODYMAYSEE@:x')));
    expect(found.code).toBe(ErrorCode.CONFIG_INVALID);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('a server that speaks no HTTP', async () => {
    await using server = await startRawServer((socket) => socket.end('garbage\r\n\r\n'));
    const found = convertException(
      await caught(() => client.call(`http://127.0.0.1:${server.port}`)),
    );
    expect(found.code).toBe(ErrorCode.PROTOCOL_ERROR);
  });

  test('a certificate of an unknown authority', async () => {
    await using server = await startRedis({ tls: true });
    const found = convertException(
      await caught(() => client.call(`https://127.0.0.1:${server.port}`)),
    );
    expect(found.code).toBe(ErrorCode.TLS_FAILURE);
  });

  test('a server without TLS', async () => {
    await using server = await startRawServer((socket) => socket.end('garbage\r\n\r\n'));
    const found = convertException(
      await caught(() => client.call(`https://127.0.0.1:${server.port}`)),
    );
    expect(found.code).toBe(ErrorCode.TLS_FAILURE);
  });

  test('an abort of the caller', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const found = convertException(await failure(silence, client, controller.signal));
    expect(found.code).toBe(ErrorCode.OPERATION_CANCELLED);
  });
});

describe('fetch', () => {
  test('a deadline of the caller', async () => {
    const raw = await failure(silence, fetchClient, AbortSignal.timeout(50));
    expect(convertException(raw).code).toBe(ErrorCode.OPERATION_TIMEOUT);
    expect(convertException(raw, { origin: 'api' }).code).toBe(ErrorCode.UPSTREAM_TIMEOUT);
    expect(convertException(raw, { origin: 'tool' }).code).toBe(ErrorCode.TOOL_TIMEOUT);
  });

  test('an abort with a reason that is not an error', async () => {
    const raw = await failure(silence, fetchClient, AbortSignal.abort('enough'));
    expect(convertException(raw, { origin: 'api' }).toJSON()).toMatchObject({
      code: ErrorCode.API_ERROR,
      original_error: 'enough',
    });
  });

  test('an answer that breaks off', async () => {
    const raw = await failure(cutJson, fetchClient);
    expect(convertException(raw).code).toBe(ErrorCode.CONNECTION_RESET);
    expect(convertException(raw, { origin: 'llm' }).code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
  });

  test('an answer that is not JSON, by origin', async () => {
    const raw = await failure(text(200, '{"NOBODYMAYSEE'), fetchClient);
    expect(convertException(raw).code).toBe(ErrorCode.VALIDATION_ERROR);
    expect(convertException(raw, { origin: 'api' }).code).toBe(ErrorCode.UPSTREAM_BAD_RESPONSE);
    expect(JSON.stringify(convertException(raw))).not.toContain('NOBODYMAYSEE');
  });

  test('a port that fetch refuses', async () => {
    const found = convertException(await caught(() => fetch('http://127.0.0.1:6000')));
    expect(found.code).toBe(ErrorCode.CONFIG_INVALID);
  });
});

test('node:http: the server hangs up', async () => {
  await using server = await startRawServer((socket) => socket.destroy());
  const raw = await new Promise((resolve) => {
    get({ host: '127.0.0.1', port: server.port }).on('error', resolve);
  });
  expect(convertException(raw).code).toBe(ErrorCode.CONNECTION_RESET);
});

test('node:http2: the server speaks HTTP/1', async () => {
  await using server = await startRawServer((socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'));
  const raw = await new Promise((resolve) => {
    connectHttp2(`http://127.0.0.1:${server.port}`).on('error', resolve);
  });
  expect(convertException(raw).code).toBe(ErrorCode.PROTOCOL_ERROR);
});

describe('node:http2', () => {
  const request = async (port: number) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':path': '/' });
    const error = await caught(() => once(stream.resume(), 'end'));
    session.destroy();
    return convertException(error);
  };

  test('no server', async () => {
    expect((await request(await freePort())).code).toBe(ErrorCode.CONNECTION_REFUSED);
  });

  test.each([
    ['NGHTTP2_REFUSED_STREAM', ErrorCode.CONNECTION_RESET, 'yes'],
    ['NGHTTP2_INTERNAL_ERROR', ErrorCode.CONNECTION_RESET, 'conditional'],
    ['NGHTTP2_ENHANCE_YOUR_CALM', ErrorCode.RATE_LIMITED, 'yes'],
    ['NGHTTP2_FLOW_CONTROL_ERROR', ErrorCode.PROTOCOL_ERROR, 'no'],
  ] as const)('a stream that the server ends with %s', async (reason, code, retry) => {
    const server = createHttp2Server();
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      stream.close(constants[reason]);
    });
    server.listen(0);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const found = await request((server.address() as AddressInfo).port);
    expect([found.code, found.retry]).toEqual([code, retry]);
  });
});

test('node:tls: a certificate for another host is an error that holds itself', async () => {
  await using server = await startRedis({ tls: true });
  const ca = server.certificate?.cert;
  const raw = await new Promise((resolve) => {
    connectTls({
      host: '127.0.0.1',
      port: server.port,
      servername: 'other.example',
      ...(ca === undefined ? {} : { ca }),
    }).on('error', resolve);
  });
  expect(convertException(raw).code).toBe(ErrorCode.TLS_FAILURE);
});

interface RawServer extends AsyncDisposable {
  readonly port: number;
}

async function startRawServer(serve: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('fetch: a redirect in a circle, a redirect that is not followed, a scheme it does not know', async () => {
  await using server = await startAnswerServer((response) => {
    response.writeHead(302, { location: '/again' });
    response.end();
  });
  const codeOf = async (url: string, init?: RequestInit): Promise<readonly unknown[]> => {
    const { code, retryable } = convertException(await caught(() => fetch(url, init)));
    return [code, retryable];
  };
  const refused = [ErrorCode.UPSTREAM_BAD_RESPONSE, false];
  expect(await codeOf(server.url)).toEqual(refused);
  const ofModel = convertException(await caught(() => fetch(server.url)), { origin: 'llm' });
  expect(ofModel.code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
  expect(await codeOf(server.url, { redirect: 'error' })).toEqual(refused);
  for (const url of ['ftp://127.0.0.1/x', 'http://[']) {
    expect(await codeOf(url)).toEqual([ErrorCode.CONFIG_INVALID, false]);
  }
  for (const location of NO_TARGETS) {
    await using other = await startAnswerServer(redirectTo(location));
    expect([location, await codeOf(other.url)]).toEqual([location, refused]);
  }
});
