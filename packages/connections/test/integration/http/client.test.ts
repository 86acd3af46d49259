import { mkdtemp } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ForeignSignal, makeCertificate } from '@map-tooling/testing';
import { describe, expect, test } from 'vitest';
import {
  ConnectionManager,
  type ConnectionManagerOptions,
  type HttpOptions,
} from '../../../src/index.ts';
import { listening, serve, serveProxy } from '../../support/http-server.ts';

async function withManager<R>(
  options: ConnectionManagerOptions,
  work: (manager: ConnectionManager) => Promise<R>,
): Promise<R> {
  const manager = new ConnectionManager(options);
  try {
    return await work(manager);
  } finally {
    await manager.closeAllConnections({ timeoutMs: 100 });
  }
}

const json = (error: unknown): string => `${JSON.stringify(error)} ${String(error)}`;

describe('requests', () => {
  test('keep connections alive and report every request', async () => {
    const ports = new Set<number | undefined>();
    await using server = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{"ok":true}');
    });
    const events: unknown[] = [];
    await withManager({ observer: { observe: (event) => events.push(event) } }, async (manager) => {
      const client = await manager.getHttpClient();
      for (let round = 0; round < 5; round++) {
        expect(await client.get(server.url).json()).toEqual({ ok: true });
      }
      expect(manager.stats()['http']).toMatchObject({ operations: 5, errors: 0, open: 1 });
    });
    expect(ports.size).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'operation',
        pool: 'http',
        operation: 'GET',
        status: 'success',
      }),
    );
  });

  test('are sent without trace headers when those cannot be made', async () => {
    await using server = await serve((_request, response) => response.end('whole'));
    const traceHeaders = (): never => {
      throw new Error('no trace');
    };
    await withManager({ traceHeaders }, async (manager) => {
      expect(await manager.httpSession((http) => http.get(server.url).text())).toBe('whole');
    });
  });

  test('are limited per host', async () => {
    let most = 0;
    let now = 0;
    await using server = await serve((_request, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now -= 1;
        response.end();
      }, 20);
    });
    await withManager({ http: { maxSocketsPerHost: 3 } }, async (manager) => {
      const client = await manager.getHttpClient();
      await Promise.all(Array.from({ length: 12 }, () => client.get(server.url)));
    });
    expect(most).toBe(3);
  });

  test('repeat what is safe to repeat, and wait as long as the server says', async () => {
    const seen: string[] = [];
    await using server = await serve((request, response) => {
      seen.push(`${request.method}${request.headers['idempotency-key'] ? ' keyed' : ''}`);
      response.statusCode = seen.length % 2 === 1 ? 503 : 200;
      if (response.statusCode === 503) response.setHeader('retry-after', '0');
      response.end();
    });
    await withManager({}, async (manager) => {
      const client = await manager.getHttpClient();
      await client.get(server.url);
      await client.post(server.url, { headers: { 'idempotency-key': '1' }, body: 'x' });
      await expect(client.post(server.url, { body: 'x' })).rejects.toMatchObject({
        code: 'UPSTREAM_ERROR_2010',
      });
    });
    expect(seen).toEqual(['GET', 'GET', 'POST keyed', 'POST keyed', 'POST']);
  });

  test('end by the signal of the request and of the session', async () => {
    await using server = await serve(() => {});
    await withManager({}, async (manager) => {
      const one = new AbortController();
      const request = manager.httpSession((http) => http.get(server.url, { signal: one.signal }));
      setTimeout(() => one.abort(), 50);
      await expect(request).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
      const foreign = ForeignSignal.make();
      const session = manager.httpSession((http) => http.get(server.url), { signal: foreign });
      const fetched = manager.getFetch()(server.url, { signal: foreign });
      const reason = new Error('The page was closed.');
      setTimeout(() => foreign.abort(reason), 50);
      // At once: the one rejects first, or the other.
      await Promise.all([
        expect(fetched).rejects.toBe(reason),
        expect(session).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' }),
      ]);
      const signal = AbortSignal.timeout(50);
      await expect(
        manager.httpSession((http) => http.get(server.url), { signal }),
      ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT_2011', retry: 'conditional' });
      await expect(
        manager.httpSession((http) => http.get(server.url), { timeoutMs: 50 }),
      ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT_2011' });
      expect(manager.stats()['http']).toMatchObject({ pending: 0 });
    });
  });

  test('of later pages end by the signal that the first one was given', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/1') response.setHeader('link', '</2>; rel="next"').end('[1]');
    });
    await withManager({ http: { retries: 0 } }, async (manager) => {
      const client = await manager.getHttpClient();
      const stop = new AbortController();
      const seen: unknown[] = [];
      const read = async (): Promise<void> => {
        for await (const item of client.paginate<number>(`${server.url}/1`, {
          signal: stop.signal,
        })) {
          seen.push(item);
          setTimeout(() => stop.abort(), 50);
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
      expect(seen).toEqual([1]);
    });
  });

  test('that are aborted before they start are never sent', async () => {
    let requests = 0;
    await using server = await serve((_request, response) => {
      requests += 1;
      response.end('{}');
    });
    await withManager({}, async (manager) => {
      const client = await manager.getHttpClient();
      const signal = AbortSignal.abort();
      for (const work of [
        () => client.get(server.url, { signal }),
        () => client.get(server.url, { signal }).json(),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
      }
      expect(requests).toBe(0);
    });
  });

  test('stream, with deadline and size limit', async () => {
    await using server = await serve((_request, response) => {
      response.end('x'.repeat(100_000));
    });
    await withManager({ http: { maxResponseBytes: 50_000, retries: 0 } }, async (manager) => {
      const client = await manager.getHttpClient();
      const read = async (): Promise<void> => {
        for await (const _chunk of client.stream(server.url)) {
          // The limit is about what arrives, whether or not it is kept.
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE_2013' });
      expect(manager.stats()['http']).toMatchObject({ pending: 0 });
    });
  });

  test.each(['read', 'left'])('that stream are over once they are %s', async (how) => {
    await using server = await serve((request, response) => {
      request.resume();
      response.write('data: 1\n\n');
      setTimeout(() => response.end('data: 2\n\n'), 10);
    });
    await withManager({ http: { retries: 0 } }, async (manager) => {
      const client = await manager.getHttpClient();
      for await (const _chunk of client.stream.post(server.url, { json: {} })) {
        if (how === 'left') break;
      }
      await expect.poll(() => manager.stats()['http']?.pending).toBe(0);
      const { completed, abandoned } = await manager.closeAllConnections({ timeoutMs: 5_000 });
      expect({ completed, abandoned }).toEqual({ completed: 0, abandoned: 0 });
      expect(manager.stats()['http']).toMatchObject({ operations: 1, timeouts: 0 });
    });
  });

  test('do not unpack a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    await using server = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    });
    expect(bomb.length).toBeLessThan(1_000_000);
    await withManager({ http: { maxResponseBytes: 1_000_000 } }, async (manager) => {
      const client = await manager.getHttpClient();
      await expect(client.get(server.url)).rejects.toMatchObject({
        code: 'UPSTREAM_BAD_RESPONSE_2013',
      });
    });
  });

  test('fail with a code when the body is not what was asked for', async () => {
    await using server = await serve((_request, response) => {
      response.end('<html>s3cr3t</html>');
    });
    await withManager({}, async (manager) => {
      const client = await manager.getHttpClient();
      const error = await client
        .get(server.url)
        .json()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE_2013', retryable: false });
      expect(json(error)).not.toContain('s3cr3t');
    });
  });
});

test('a client that was closed is not healthy', async () => {
  await withManager({}, async (manager) => {
    await manager.getHttpClient();
    expect(await manager.health()).toMatchObject({ status: 'pass' });
    const { status, connections } = await manager
      .closeAllConnections()
      .then(() => manager.health());
    expect(status).toBe('fail');
    expect(connections['http']).toMatchObject({ status: 'fail', errorType: 'CLIENT_CLOSED_9007' });
  });
});

test('a redirect that cannot be followed is the fault of the response, for both clients', async () => {
  await using server = await serve((request, response) => {
    response.writeHead(302, { location: decodeURIComponent(request.url?.slice(1) ?? '') }).end();
  });
  await withManager({}, async (manager) => {
    const client = await manager.getHttpClient();
    const fetch = await manager.getFetch();
    for (const location of ['file:///etc/passwd', 'unix:/run/x', 'http://[']) {
      const url = `${server.url}/${encodeURIComponent(location)}`;
      for (const request of [client.get(url), fetch(url)]) {
        await expect(request).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE_2013' });
      }
    }
    await expect(client.get('file:///etc/passwd')).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
    });
  });
});

describe('credentials', () => {
  test('do not follow a redirect to another host', async () => {
    const seen: unknown[] = [];
    await using other = await serve((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    await using server = await serve((_request, response) => {
      response.writeHead(302, { location: other.url }).end();
    });
    await withManager({ traceHeaders: () => ({ traceparent: '00-a-b-01' }) }, async (manager) => {
      const client = await manager.getHttpClient();
      await client.get(server.url.replace('http://', 'http://user:s3cr3t@'), {
        headers: {
          authorization: 'Bearer s3cr3t',
          cookie: 'session=s3cr3t',
          'x-api-key': 's3cr3t',
          'x-auth-token': 's3cr3t',
          'ocp-apim-subscription-key': 's3cr3t',
          'x-password': 's3cr3t',
          'x-hub-signature': 's3cr3t',
          'x-request-id': '7',
        },
      });
    });
    expect(JSON.stringify(seen)).not.toContain('s3cr3t');
    expect(seen).toMatchObject([{ 'x-request-id': '7', traceparent: '00-a-b-01' }]);
  });

  test('are in no error', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(500).end('s3cr3t');
    });
    await withManager({ http: { retries: 0 } }, async (manager) => {
      const client = await manager.getHttpClient();
      const url = `${server.url.replace('http://', 'http://user:s3cr3t@')}/path?key=s3cr3t`;
      const error = await client
        .post(url, { headers: { authorization: 's3cr3t' }, json: { password: 's3cr3t' } })
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'UPSTREAM_ERROR_2010',
        message: 'POST via HTTP client "http" failed with status 500.',
      });
      expect(json(error)).not.toContain('s3cr3t');
    });
  });
});

describe('a proxy', () => {
  test('gets plain requests, tunnels for TLS, and not what goes around it', async () => {
    const certificate = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-http-')));
    await using secure = await listening(
      createSecureServer({ cert: certificate.cert, key: certificate.key }, (_request, response) => {
        response.end('over TLS');
      }),
    );
    await using direct = await serve((_request, response) => {
      response.end('direct');
    });
    const seen: string[] = [];
    await using proxy = await serveProxy(seen);
    const http = {
      proxy: { reveal: () => `http://user:s3cr3t@127.0.0.1:${proxy.port}` },
      noProxy: [`127.0.0.1:${direct.port}`],
      ca: certificate.cert,
    };
    await withManager({ http }, async (manager) => {
      const client = await manager.getHttpClient();
      expect(await client.get('http://example.test/x?y=1').text()).toBe('by proxy');
      expect(await client.get(`https://127.0.0.1:${secure.port}/`).text()).toBe('over TLS');
      expect(await client.get(direct.url).text()).toBe('direct');
    });
    const credentials = `Basic ${Buffer.from('user:s3cr3t').toString('base64')}`;
    expect(seen).toEqual([
      `GET http://example.test:80/x?y=1 ${credentials}`,
      `CONNECT 127.0.0.1:${secure.port} ${credentials}`,
    ]);
  });

  test('does not see a host that goes around it, also with a final dot, with either client', async () => {
    const seen: string[] = [];
    await using proxy = await serveProxy(seen);
    const http = { proxy: proxy.url, noProxy: ['.invalid'], retries: 0 };
    await withManager({ http }, async (manager) => {
      const client = await manager.getHttpClient();
      const managed = manager.getFetch();
      for (const url of ['http://name.invalid./', 'https://name.invalid./']) {
        await expect(client.get(url)).rejects.toMatchObject({ name: 'ConnectionError' });
        await expect(managed(url)).rejects.toMatchObject({ name: 'ConnectionError' });
      }
    });
    expect(seen).toEqual([]);
  });

  test('is one for each scheme where two are given, and none where none is', async () => {
    await using direct = await serve((_request, response) => {
      response.end('direct');
    });
    const seen: [plain: string[], tls: string[]] = [[], []];
    await using plain = await serveProxy(seen[0]);
    await using tls = await serveProxy(seen[1]);
    const proxies = { http: plain.url, https: tls.url };
    const get = (proxy: Partial<typeof proxies>, url: string): Promise<string> =>
      withManager({ http: { proxy, retries: 0, connectTimeoutMs: 500 } }, async (manager) => {
        const client = await manager.getHttpClient();
        return await client.get(url).text();
      });
    expect(await get(proxies, direct.url)).toBe('by proxy');
    await expect(get(proxies, 'https://example.test/')).rejects.toThrow('407');
    expect(await get({ https: tls.url }, direct.url)).toBe('direct');
    await expect(get({ http: plain.url }, `https://127.0.0.1:${direct.port}/`)).rejects.toThrow();
    expect(seen).toEqual([
      [`GET http://127.0.0.1:${direct.port}/ `],
      ['CONNECT example.test:443 '],
    ]);
  });

  test('that is reached over TLS gets plain requests over TLS too', async () => {
    const certificate = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-http-')));
    await using proxy = await listening(
      createSecureServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
        response.end(`by proxy: ${request.url}`);
      }),
    );
    const http = { proxy: `https://localhost:${proxy.port}`, ca: certificate.cert, retries: 0 };
    await withManager({ http }, async (manager) => {
      const client = await manager.getHttpClient();
      const answer = await client.get('http://example.test/x').text();
      expect(answer).toBe('by proxy: http://example.test:80/x');
    });
  });

  test('and its target over TLS are both trusted by `ca`', async () => {
    const certificate = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-http-')));
    await using secure = await listening(
      createSecureServer({ cert: certificate.cert, key: certificate.key }, (_request, response) => {
        response.end('over TLS in TLS');
      }),
    );
    const seen: string[] = [];
    const proxy = createSecureServer({ cert: certificate.cert, key: certificate.key });
    proxy.on('connect', (request, client) => {
      seen.push(`CONNECT ${request.url}`);
      const upstream = connect(secure.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const end of [client, upstream]) end.on('error', () => end.destroy());
    });
    await using at = await listening(proxy);
    const trusting = { proxy: `https://localhost:${at.port}`, retries: 0 };
    const url = `https://localhost:${secure.port}/`;
    await withManager({ http: { ...trusting, ca: certificate.cert } }, async (manager) => {
      const client = await manager.getHttpClient();
      expect(await client.get(url).text()).toBe('over TLS in TLS');
    });
    await withManager({ http: trusting }, async (manager) => {
      const client = await manager.getHttpClient();
      await expect(client.get(url)).rejects.toMatchObject({ code: 'TLS_FAILURE_9005' });
    });
    expect(seen).toEqual([`CONNECT localhost:${secure.port}`]);
  });

  test.each([
    ['127.0.0.1', 'localhost'],
    ['localhost', '127.0.0.1'],
  ])(
    'over TLS is checked by its own name, %s, not by that of the target, %s',
    async (ofProxy, ofTarget) => {
      const [own, other] = await Promise.all(
        [ofProxy, ofTarget].map(async (name) =>
          makeCertificate(
            await mkdtemp(join(tmpdir(), 'map-http-')),
            name === 'localhost' ? 'DNS:localhost' : `IP:${name}`,
          ),
        ),
      );
      const names: string[] = [];
      const proxy = createSecureServer({
        cert: own?.cert,
        key: own?.key,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      });
      proxy.on('connect', (request, client) => {
        const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.pipe(client).pipe(upstream);
        });
        for (const end of [client, upstream]) end.on('error', () => end.destroy());
      });
      proxy.on('request', (request, response) => response.end(`forwarded ${request.url}`));
      await using at = await listening(proxy);
      await using target = await listening(
        createSecureServer({ cert: other?.cert, key: other?.key }, (_request, response) => {
          response.end('tunnelled');
        }),
      );
      const ca = [own?.cert ?? '', other?.cert ?? ''];
      const http = { proxy: `https://${ofProxy}:${at.port}`, ca, retries: 0 };
      await withManager({ http }, async (manager) => {
        const client = await manager.getHttpClient();
        expect(await client.get(`https://${ofTarget}:${target.port}/`).text()).toBe('tunnelled');
        expect(await client.get('http://example.test/').text()).toContain(
          'forwarded http://example',
        );
        expect(new Set(names)).toEqual(new Set(ofProxy === 'localhost' ? ['localhost'] : []));
        const fetch = manager.getFetch();
        expect(await (await fetch(`https://${ofTarget}:${target.port}/`)).text()).toBe('tunnelled');
      });
    },
  );

  test('that never finishes its answer holds nothing, and no longer than a client lives', async () => {
    const sockets = new Set<Socket>();
    await using proxy = await listening(
      createTcpServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nx: ');
          const drip = setInterval(() => socket.write('y'), 20);
          socket.once('close', () => {
            clearInterval(drip);
            sockets.delete(socket);
          });
        });
      }),
    );
    const failure = (http: HttpOptions): Promise<unknown> =>
      withManager({ http: { proxy: proxy.url, retries: 0, ...http } }, (manager) =>
        manager
          .httpSession((client) => client.get('https://example.test/'))
          .catch((error: unknown) => error),
      );
    expect(await failure({ connectTimeoutMs: 100 })).toMatchObject({
      code: 'CONNECTION_ERROR_9000',
    });
    expect(await failure({ timeoutMs: 100, connectTimeoutMs: 60_000 })).toMatchObject({
      code: 'UPSTREAM_TIMEOUT_2011',
    });
    await expect.poll(() => sockets.size).toBe(0);
  });

  test('is not asked for hosts around it, whose sockets still count', async () => {
    await using direct = await serve((_request, response) => response.end());
    const http = { proxy: 'http://127.0.0.1:1', noProxy: ['127.0.0.1'] };
    await withManager({ http }, async (manager) => {
      const client = await manager.getHttpClient();
      await client.get(direct.url);
      expect(manager.stats()['http']).toMatchObject({ open: 1, inUse: 0 });
    });
  });

  test('that refuses a tunnel makes a coded error', async () => {
    await using proxy = await serveProxy([]);
    await withManager({ http: { proxy: proxy.url, retries: 0 } }, async (manager) => {
      const client = await manager.getHttpClient();
      await expect(client.get('https://example.test/')).rejects.toMatchObject({
        code: 'CONNECTION_ERROR_9000',
      });
    });
  });
});
