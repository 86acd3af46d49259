import { brokenSignal } from '@map-tooling/testing';
import { expect, test, vi } from 'vitest';
import { ConnectionManager, type HttpClient } from '../../../src/index.ts';
import { serve, type TestServer } from '../../support/http-server.ts';

async function answering(): Promise<TestServer & { requests: () => number }> {
  let requests = 0;
  const server = await serve((request, response) => {
    requests += 1;
    if (request.url !== '/hang') response.end(request.method === 'HEAD' ? '' : '[1,2]');
  });
  return Object.assign(server, { requests: () => requests });
}

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of stream) {
    // To its end.
  }
}

const forms: [string, (http: HttpClient, url: string) => Promise<unknown>][] = [
  ['a string', (http, url) => http(url)],
  ['a URL', (http, url) => http(new URL(url))],
  ['options', (http, url) => http(url, { headers: { accept: '*/*' }, retry: { limit: 0 } })],
  ['options alone', (http, url) => http({ prefixUrl: url })],
  ['get', (http, url) => http.get(url).json()],
  ['post', (http, url) => http.post(url, { json: {} }).text()],
  ['put', (http, url) => http.put(url).buffer()],
  ['patch', (http, url) => http.patch(url)],
  ['head', (http, url) => http.head(url)],
  ['delete', (http, url) => http.delete(url)],
  ['a stream', (http, url) => read(http.stream(url))],
  ['a stream by its method', (http, url) => read(http.stream.get(url, { timeout: {} }))],
  ['a client made of it', (http, url) => http.extend({ headers: { 'x-own': '1' } }).get(url)],
  ['pages', (http, url) => http.paginate.all(url)],
  ['each page', (http, url) => read(http.paginate(url))],
];

test.each(forms)('a request by %s belongs to its session', async (_form, ask) => {
  await using server = await answering();
  const manager = new ConnectionManager();
  let kept: HttpClient | undefined;
  await manager.httpSession(async (http) => {
    kept = http;
    await ask(http, server.url);
    expect(manager.stats()['http']?.operations).toBeGreaterThan(0);
  });
  const { operations } = manager.stats()['http'] ?? {};
  expect(server.requests()).toBe(1);
  await expect(ask(kept as HttpClient, server.url)).rejects.toMatchObject({
    code: 'CLIENT_CLOSED_9007',
  });
  expect(server.requests()).toBe(1);
  expect(manager.stats()['http']?.operations).toBe((operations ?? 0) + 1);
  await manager.closeAllConnections();
});

test('a request ends with its session, and by the signal of its caller', async () => {
  await using server = await answering();
  const manager = new ConnectionManager();
  const hang = (http: HttpClient, signal?: AbortSignal): Promise<unknown> =>
    http.get(`${server.url}/hang`, { ...(signal && { signal }), retry: { limit: 0 } });
  await expect(manager.httpSession((http) => hang(http), { timeoutMs: 100 })).rejects.toMatchObject(
    { code: 'UPSTREAM_TIMEOUT_2011' },
  );
  await expect(
    manager.httpSession((http) => hang(http, AbortSignal.timeout(100))),
  ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT_2011', retry: 'yes' });
  expect(manager.stats()['http']).toMatchObject({ pending: 0, errors: 2 });
  await manager.closeAllConnections();
});

test('a signal that throws leaves no request in flight', async () => {
  await using server = await answering();
  const manager = new ConnectionManager();
  const http = await manager.getHttpClient();
  await expect(http.get(`${server.url}/hang`, { signal: brokenSignal() })).rejects.toMatchObject({
    code: 'API_ERROR_2000',
    originalError: { message: 'no listeners' },
  });
  expect(manager.stats()['http']).toMatchObject({ pending: 0 });
  await manager.closeAllConnections();
});

test('the client of a session can be part of another client', async () => {
  await using server = await answering();
  const manager = new ConnectionManager();
  const answer = await manager.httpSession((http) => {
    expect(http.defaults.options.retry.limit).toBe(2);
    return http.extend(http, { headers: { accept: 'application/json' } }).get(server.url);
  });
  expect(answer.body).toBe('[1,2]');
  await manager.closeAllConnections();
});

test('clients that are made of it have what they were made with, and its watch', async () => {
  await using server = await answering();
  const manager = new ConnectionManager();
  const http = await manager.getHttpClient();
  const plain = http.extend({ headers: { 'x-own': '1' } }).extend({ retry: { limit: 0 } });
  expect(plain.defaults.options.headers['x-own']).toBe('1');
  expect((await plain.get(server.url)).request.options.headers['x-own']).toBe('1');
  expect(await plain.paginate.all(server.url)).toEqual([1, 2]);
  const changing = http.extend({ mutableDefaults: true });
  changing.defaults.options.headers['x-late'] = '2';
  expect((await changing.get(server.url)).request.options.headers['x-late']).toBe('2');
  const handled = http.extend({
    handlers: [
      (options, next) => {
        const signals = [options.signal, AbortSignal.timeout(5_000)].filter((signal) => !!signal);
        options.signal = AbortSignal.any(signals);
        return next(options);
      },
    ],
  });
  expect(await handled.get(server.url).json()).toEqual([1, 2]);
  await expect(
    plain.get(`${server.url}/hang`, { signal: AbortSignal.timeout(50) }),
  ).rejects.toThrow(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT_2011' }));
  expect(manager.stats()['http']?.operations).toBe(5);
  await manager.closeAllConnections();
});

test('members of a client can be replaced, as those of got', async () => {
  const manager = new ConnectionManager();
  const http = await manager.getHttpClient();
  const members = ['get', 'stream', 'extend', 'paginate', 'defaults'];
  expect(Object.keys(http)).toEqual(expect.arrayContaining(members));
  const own = vi.spyOn(http, 'extend').mockReturnValue('own' as never);
  expect(http.extend({})).toBe('own');
  own.mockRestore();
  await manager.httpSession((session) => {
    session.paginate = 'own' as never;
    expect(session.paginate).toBe('own');
  });
  await manager.closeAllConnections();
});

test('an invalid request is refused with a code', async () => {
  const manager = new ConnectionManager();
  const http = await manager.getHttpClient();
  for (const url of [null, 5, {}] as never[]) {
    await expect(http.get(url)).rejects.toMatchObject({ code: expect.stringMatching(/_\d{4}$/) });
    await expect(http(url).json()).rejects.toMatchObject({
      code: expect.stringMatching(/_\d{4}$/),
    });
  }
  expect(manager.stats()['http']).toMatchObject({ pending: 0, errors: 6 });
  await manager.closeAllConnections();
});
