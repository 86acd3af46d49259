import { execFile } from 'node:child_process';
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PlainResponse, RequestError, Response } from 'got';
import { expect, test } from 'vitest';
import { ConnectionManager } from '../../src/index.ts';
import { serve } from './support/http-server.ts';

async function setup() {
  const server = await serve((request, response) => {
    if (request.url === '/broken') response.end('not JSON');
    else if (request.url === '/missing') response.writeHead(404).end('{}');
    else if (request.url === '/null') response.end('null');
    else response.setHeader('x-own', 'yes').end('{"a":1}');
  });
  const manager = new ConnectionManager();
  return {
    url: server.url,
    http: await manager.getHttpClient(),
    [Symbol.asyncDispose]: async () => {
      await manager.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Long enough for what was read to be taken apart. */
const pause = (): Promise<void> => sleep(20);

function expectWhole(answer: PlainResponse, url: string): void {
  expect(answer.headers['x-own']).toBe('yes');
  expect(answer.body).toBe('{"a":1}');
  expect(answer.request.options.url?.toString()).toBe(`${url}/`);
  expect(answer.request.response).toBe(answer);
  expect(answer.timings?.phases.total).toBeGreaterThanOrEqual(0);
  expect(answer.request.timings).toBe(answer.timings);
  expect((answer as unknown as IncomingMessage & { req?: unknown }).req).toBeDefined();
  expect(answer.listenerCount('error') + answer.listenerCount('end')).toBeGreaterThanOrEqual(0);
}

test('the answer is whole for who asks for it after the body', async () => {
  await using fixture = await setup();
  const request = fixture.http.get(fixture.url);
  expect(await request.json()).toEqual({ a: 1 });
  await pause();
  expectWhole(await request, fixture.url);
  await pause();
  expectWhole(await request, fixture.url);
});

test('a body can be read again, in all ways, at once and later', async () => {
  await using fixture = await setup();
  const request = fixture.http.get(fixture.url);
  const [answer, json, text, buffer] = await Promise.all([
    request,
    request.json(),
    request.text(),
    request.buffer(),
  ]);
  expect([json, text, Buffer.from(buffer).toString()]).toEqual([{ a: 1 }, '{"a":1}', '{"a":1}']);
  expectWhole(answer, fixture.url);
  const other = fixture.http.get(fixture.url);
  for (let round = 0; round < 3; round++) {
    expect(await other.json()).toEqual({ a: 1 });
    await pause();
    expect(await other.text()).toBe('{"a":1}');
    await pause();
  }
  expect(await other.json().text()).toBe('{"a":1}');
  await pause();
  expectWhole(await other, fixture.url);
});

test('an answer that was told to a listener stays whole', async () => {
  await using fixture = await setup();
  let told: PlainResponse | undefined;
  const request = fixture.http.get(fixture.url).once('response', (answer) => {
    told = answer;
  });
  expect(await request.json()).toEqual({ a: 1 });
  await pause();
  expectWhole(told as PlainResponse, fixture.url);
});

test('an answer that hooks and handlers saw stays whole', async () => {
  await using fixture = await setup();
  const seen: Response[] = [];
  const note = (answer: Response): Response => {
    seen.push(answer);
    return answer;
  };
  const hooks = { afterResponse: [note] };
  await fixture.http.get(fixture.url, { hooks }).json();
  const client = fixture.http.extend({
    handlers: [
      async (options, next) => {
        const answer = await next(options);
        seen.push(answer as Response);
        return answer as never;
      },
    ],
  });
  await client.get(fixture.url).json();
  await pause();
  expect(seen.length).toBe(2);
  for (const answer of seen) expectWhole(answer, fixture.url);
});

test('is a promise like any other', async () => {
  await using fixture = await setup();
  const { http, url } = fixture;
  let ended = 0;
  const finish = (): void => {
    ended += 1;
  };
  const answer = await http.get(url).finally(finish);
  expectWhole(answer, url);
  expect(await http.get(url).json().finally(finish)).toEqual({ a: 1 });
  expect(http.get(url)).toBeInstanceOf(Promise);
  expect(await Promise.race([http.get(url).text()])).toBe('{"a":1}');
  const [first, second] = await Promise.allSettled([http.get(url), http.get(`${url}/missing`)]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  const caught = await http
    .get(`${url}/missing`)
    .finally(finish)
    .catch((error: unknown) => error);
  expect(caught).toMatchObject({ code: 'UPSTREAM_REJECTED_2012' });
  expect(ended).toBe(3);
});

test('a failure is told once, to whom it concerns', async () => {
  await using fixture = await setup();
  const rejected: unknown[] = [];
  const note = (error: unknown): void => {
    rejected.push(error);
  };
  process.on('unhandledRejection', note);
  const request = fixture.http.get(`${fixture.url}/missing`);
  await expect(request.json()).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED_2012' });
  await expect(fixture.http.get(`${fixture.url}/broken`).json()).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE_2013',
  });
  await pause();
  process.off('unhandledRejection', note);
  expect(rejected).toEqual([]);
});

test('a body of nothing is a body', async () => {
  await using fixture = await setup();
  const { http, url } = fixture;
  const bodyOnly = { resolveBodyOnly: true, responseType: 'json' } as const;
  expect(await http.get(`${url}/null`, bodyOnly)).toBe(null);
  expect(await http.get(`${url}/null`).json()).toBe(null);
  expect(await http.get(url, { ...bodyOnly, parseJson: () => undefined })).toBe(undefined);
});

test('settles for those who ask a promise itself', async () => {
  await using fixture = await setup();
  const { http, url } = fixture;
  const bare = (promise: Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => Promise.prototype.then.call(promise, resolve, reject));
  expect(await bare(http.get(url).json())).toEqual({ a: 1 });
  expectWhole((await bare(http.get(url))) as Response, url);
  await expect(bare(http.get(`${url}/missing`))).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED_2012',
  });
  const traced = tracingChannel('http-remains');
  const handlers = { asyncEnd: () => {} };
  traced.subscribe(handlers as never);
  expect(await traced.tracePromise(() => http.get(url).json())).toEqual({ a: 1 });
  await expect(traced.tracePromise(() => http.get(`${url}/missing`).json())).rejects.toThrow();
  traced.unsubscribe(handlers as never);
  for (const promise of [http.get(url), http.get(url).json()]) {
    const { resolve } = promise.constructor as PromiseConstructor;
    expect(await resolve.call(promise.constructor as PromiseConstructor, 1)).toBe(1);
    await promise;
  }
});

test('an answer that others were told of stays whole', async () => {
  await using fixture = await setup();
  const { http, url } = fixture;
  const told: PlainResponse[] = [];
  const listen = (message: unknown): void => {
    told.push((message as { response: PlainResponse }).response);
  };
  subscribe('http.client.response.finish', listen);
  await http.get(url).json();
  unsubscribe('http.client.response.finish', listen);
  const asked = (...request: unknown[]): unknown =>
    (requestHttp as (...request: unknown[]) => ReturnType<typeof requestHttp>)(...request).on(
      'response',
      (answer) => told.push(answer as never),
    );
  await http.get(url, { request: asked as never }).json();
  let failed: RequestError | undefined;
  const calculateDelay = ({ error }: { error: RequestError }): number => {
    failed = error;
    return 0;
  };
  await http
    .get(`${url}/missing`, {
      throwHttpErrors: false,
      retry: { statusCodes: [404], calculateDelay },
    })
    .json();
  await pause();
  expect(told.length).toBe(2);
  for (const answer of told) {
    expect((answer as unknown as { req?: unknown }).req).toBeDefined();
    expect(answer.eventNames()).toBeInstanceOf(Array);
  }
  expect(failed?.response?.request.options.url?.toString()).toBe(`${url}/missing`);
});

test('little of a request lives on when its body has been read', async () => {
  const script = fileURLToPath(new URL('./support/promoted.ts', import.meta.url));
  const flags = ['--conditions=@map/source', '--expose-gc', '--initial-heap-size=3000'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    '--no-incremental-marking',
    script,
  ]);
  const { ours, got } = JSON.parse(stdout) as { ours: number; got: number };
  // When got itself leaves little, there is no reason left to take anything apart.
  expect(ours).toBeLessThan(got / 2);
});
