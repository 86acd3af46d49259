import { describe, expect, test } from 'vitest';
import { ConnectionManager, type HttpClient, type HttpOptions } from '../../../src/index.ts';
import { serve, type TestServer } from '../../support/http-server.ts';

/** Answers by path, and counts. */
async function answering(): Promise<TestServer & { requests: () => number }> {
  let requests = 0;
  const server = await serve((request, response) => {
    requests += 1;
    const { pathname } = new URL(request.url ?? '', 'http://host');
    if (pathname === '/hang') return;
    if (pathname === '/busy') response.statusCode = 503;
    if (pathname === '/long') response.setHeader('content-length', '99999999999');
    if (pathname === '/unchanged') {
      response.writeHead(304, { etag: '"1"', 'content-length': '99999999999' });
    }
    if (pathname === '/token' && request.headers.authorization !== 'Bearer new') {
      response.statusCode = 401;
    }
    if (pathname === '/moved') {
      // The body of this answer never ends.
      response.writeHead(302, { location: '/' }).write('moved');
      return;
    }
    if (pathname === '/flood') {
      response.statusCode = 500;
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        response.once('drain', pour);
      };
      pour();
      return;
    }
    if (pathname === '/page') response.end('<html>s3cr3t');
    else if (pathname === '/list') response.end('[1,2]');
    else response.end('{"ok":true}');
  });
  return Object.assign(server, { requests: () => requests });
}

async function withClient<R>(
  http: HttpOptions,
  work: (client: HttpClient, manager: ConnectionManager) => Promise<R>,
  traceHeaders?: () => Record<string, string>,
): Promise<R> {
  const manager = new ConnectionManager({ http, ...(traceHeaders && { traceHeaders }) });
  try {
    return await work(await manager.getHttpClient(), manager);
  } finally {
    await manager.closeAllConnections({ timeoutMs: 100 });
  }
}

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of stream) {
    // To its end.
  }
}

const failed = (error: unknown): unknown => error;
const soon = (): number => 1;

describe('retries', () => {
  test.each([
    ['a delay of the user', 3, {}, { retry: { calculateDelay: soon } }],
    ['a delay of the user, for POST', 1, {}, { method: 'POST', retry: { calculateDelay: soon } }],
    ['a limit of the user', 1, {}, { headers: { 'idempotency-key': '1' }, retry: { limit: 0 } }],
    ['bytes with a key', 3, {}, { headers: { 'idempotency-key': '1' }, body: Buffer.from('x') }],
    ['a small limit for Retry-After, where the server sends none', 3, { maxRetryAfterMs: 1 }, {}],
  ] as const)('follow %s', async (_what, expected, http, options) => {
    await using server = await answering();
    await withClient({ ...http, maxRetryDelayMs: 10 }, async (client) => {
      const method = 'headers' in options ? 'POST' : 'GET';
      const request = client(`${server.url}/busy`, { method, ...options });
      await expect(request).rejects.toMatchObject({ code: 'UPSTREAM_ERROR_2010' });
      expect(server.requests()).toBe(expected);
    });
  });

  test('that a hook asks for cost nothing of the budget', async () => {
    await using server = await answering();
    await withClient({}, async (client) => {
      const renewing = client.extend({
        hooks: {
          afterResponse: [
            (response, retry) =>
              response.statusCode === 401
                ? retry({ headers: { authorization: 'Bearer new' } })
                : response,
          ],
        },
      });
      for (let round = 0; round < 20; round++) {
        expect(await renewing.get(`${server.url}/token`).json()).toEqual({ ok: true });
      }
    });
  });

  test('are left to the caller only where a repetition does no harm', async () => {
    await using server = await answering();
    await withClient({ timeoutMs: 200, retries: 0 }, async (client) => {
      const timeout = { request: 50 };
      const headers = { 'idempotency-key': '1' };
      for (const [options, retryable] of [
        [{ method: 'GET', timeout }, true],
        [{ method: 'POST', timeout }, false],
        [{ method: 'POST', headers, timeout }, true],
        [{ method: 'POST' }, false],
        [{ method: 'POST', headers }, true],
      ] as const) {
        await expect(client(`${server.url}/hang`, options)).rejects.toMatchObject({
          code: 'UPSTREAM_TIMEOUT_2011',
          retryable,
        });
      }
    });
  });
});

describe('the interface of got', () => {
  test('has real signals for hooks, which end with the request', async () => {
    await using server = await answering();
    const asking = (client: HttpClient, path: string): HttpClient =>
      client.extend({
        hooks: {
          beforeRequest: [
            async ({ signal }) => {
              const either = AbortSignal.any([signal as AbortSignal, AbortSignal.timeout(50_000)]);
              await fetch(`${server.url}${path}`, { signal: either });
            },
          ],
        },
      });
    await withClient({}, async (client) => {
      expect(await asking(client, '/').get(server.url).json()).toEqual({ ok: true });
    });
    await withClient({ timeoutMs: 200 }, async (client, manager) => {
      await expect(asking(client, '/hang').get(server.url)).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT_2011',
      });
      const inner = client.extend({
        hooks: {
          beforeRequest: [
            async ({ signal }) => {
              await client.get(`${server.url}/hang`, signal ? { signal } : {});
            },
          ],
        },
      });
      await expect(inner.get(server.url)).rejects.toThrow();
      expect(manager.stats()['http']).toMatchObject({ pending: 0 });
    });
  });

  test('keeps no request that a handler of the user fails or forgets', async () => {
    await using server = await answering();
    await withClient({ timeoutMs: 200 }, async (client, manager) => {
      const throwing = client.extend({
        handlers: [
          () => {
            throw new Error('no');
          },
        ],
      });
      expect(() => throwing.get(server.url)).toThrow(
        expect.objectContaining({ code: 'API_ERROR_2000' }),
      );
      const forgetting = client.extend({ handlers: [() => new Promise(() => {}) as never] });
      await expect(forgetting.get(server.url)).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT_2011',
      });
      await expect(client.get(server.url, { signal: {} as never })).rejects.toMatchObject({
        code: 'VALIDATION_ERROR_3500',
      });
      expect(manager.stats()['http']).toMatchObject({ pending: 0 });
    });
  });

  test('ends a request of a client that was put together of two', async () => {
    await using server = await answering();
    await withClient({}, async (client, manager) => {
      const work = manager.httpSession((http) => http.extend(client).get(`${server.url}/hang`), {
        timeoutMs: 50,
      });
      await expect(work).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT_2011' });
      expect(manager.stats()['http']).toMatchObject({ pending: 0 });
    });
  });

  test('codes a page that cannot be read, and does not show it', async () => {
    await using server = await answering();
    await withClient({}, async (client) => {
      expect(await client.paginate.all(`${server.url}/list`)).toEqual([1, 2]);
      const error = await client.paginate.all(`${server.url}/page`).catch(failed);
      expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE_2013' });
      expect(`${JSON.stringify(error)} ${String(error)}`).not.toContain('s3cr3t');
    });
  });

  test('sends no trace header that could not be sent', async () => {
    await using server = await answering();
    const traceHeaders = () => ({ traceparent: 'a\nb', 'no name': 'x' });
    await withClient(
      {},
      async (client) => {
        expect(await client.get(server.url).json()).toEqual({ ok: true });
      },
      traceHeaders,
    );
  });
});

test('requests that a shutdown aborts end, and are not repeated', async () => {
  await using server = await answering();
  await withClient({ maxRetryDelayMs: 10 }, async (client, manager) => {
    const requests = [
      client.get(`${server.url}/hang`),
      client.post(`${server.url}/hang`, { json: {} }),
      read(client.stream(`${server.url}/hang`)),
    ].map((request) => Promise.resolve(request).catch(failed));
    await expect.poll(server.requests).toBe(3);
    await manager.closeAllConnections({ timeoutMs: 50 });
    for (const error of await Promise.all(requests)) {
      expect(error).toMatchObject({ code: 'CLIENT_CLOSED_9007', retryable: false });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.requests()).toBe(3);
  });
});

describe('streams', () => {
  test('fail with coded errors, however they end', async () => {
    await using server = await answering();
    await withClient({ timeoutMs: 200 }, async (client, manager) => {
      const late = { code: 'UPSTREAM_TIMEOUT_2011', name: 'APIError', retryable: true };
      await expect(read(client.stream(`${server.url}/hang`))).rejects.toMatchObject(late);
      await expect(read(client.stream(`${server.url}/busy`))).rejects.toMatchObject({
        code: 'UPSTREAM_ERROR_2010',
        name: 'APIError',
      });
      const stopped = client.stream(server.url, { signal: AbortSignal.abort() });
      const cancelled = { code: 'OPERATION_CANCELLED_1003', name: 'SystemError' };
      await expect(read(stopped)).rejects.toMatchObject(cancelled);
      // Also to those who look later.
      expect(stopped.errored).toMatchObject(cancelled);
      await manager.closeAllConnections({ timeoutMs: 100 });
      await expect(read(client.stream(server.url))).rejects.toMatchObject({
        code: 'CLIENT_CLOSED_9007',
        name: 'ConnectionError',
      });
    });
    // Those that were stopped before they began were never sent.
    expect(server.requests()).toBe(2);
  });

  test('do not keep the body of a failure that does not end', async () => {
    await using server = await answering();
    await withClient({ maxResponseBytes: 1_000_000, retries: 0 }, async (client) => {
      await expect(read(client.stream(`${server.url}/flood`))).rejects.toMatchObject({
        code: 'UPSTREAM_BAD_RESPONSE_2013',
      });
    });
  });

  test('that are repeated by their reader keep their deadline', async () => {
    await using server = await answering();
    await withClient(
      { timeoutMs: 500, retries: 1, maxRetryDelayMs: 10 },
      async (client, manager) => {
        const ended = new Promise((resolve, reject) => {
          const follow = (stream: ReturnType<HttpClient['stream']>): void => {
            stream.on('error', reject).on('end', resolve);
            stream.on('retry', (_count, _error, repeat) => follow(repeat()));
            stream.resume();
          };
          const beforeRetry = [
            ({ options }: { options: { url?: unknown } }) => {
              options.url = new URL(`${server.url}/hang`);
            },
          ];
          follow(client.stream(`${server.url}/busy`, { hooks: { beforeRetry } as never }));
        });
        await expect(ended).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT_2011' });
        expect(server.requests()).toBe(2);
        expect(manager.stats()['http']).toMatchObject({ pending: 0, operations: 1, errors: 1 });
      },
    );
  });
});

describe('bodies', () => {
  test('that an answer has not are not too large', async () => {
    await using server = await answering();
    await withClient({}, async (client) => {
      expect(await client.head(`${server.url}/long`)).toMatchObject({ statusCode: 200 });
      expect(await client.get(`${server.url}/unchanged`)).toMatchObject({ statusCode: 304 });
    });
  });

  test('of redirects that never end keep no socket from others', async () => {
    await using server = await answering();
    await withClient({ maxSocketsPerHost: 2, timeoutMs: 2_000 }, async (client, manager) => {
      for (let round = 0; round < 5; round++) {
        expect(await client.get(`${server.url}/moved`).json()).toEqual({ ok: true });
      }
      await expect.poll(() => manager.stats()['http']?.inUse).toBe(0);
    });
  });
});
