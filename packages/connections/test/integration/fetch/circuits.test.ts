import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { listening, type TestServer } from '../../support/http-server.ts';
import { open } from './support/open.ts';

let server: TestServer;
let status = 200;
let delayMs = 0;
let gate: Promise<void> = Promise.resolve();
let requests = 0;

beforeAll(async () => {
  server = await listening(
    createServer((_request, response) => {
      requests += 1;
      setTimeout(() => void gate.then(() => response.writeHead(status).end()), delayMs);
    }),
  );
});
beforeEach(() => {
  status = 200;
  delayMs = 0;
  requests = 0;
});
afterAll(() => server[Symbol.asyncDispose]());

const circuit = { window: 4, minCalls: 4, threshold: 0.5, halfOpenAfterMs: 150 };

test('a circuit opens on failures, lets one call try, and closes when that succeeds', async () => {
  await using web = open({ circuit });
  status = 503;
  for (let call = 0; call < 4; call++) await web.fetch(server.url);
  const error = await web.fetch(server.url, { method: 'POST', body: 'x' }).catch((e) => e);
  expect(error).toMatchObject({ code: 'CIRCUIT_OPEN_9501', retryable: true });
  expect(error.retryAfterMs).toBeGreaterThan(0);
  expect(error.retryAfterMs).toBeLessThanOrEqual(150);
  expect(requests).toBe(4);
  expect(await web.warning()).toBe(`The circuit of ${server.url} is open.`);

  await new Promise((resolve) => setTimeout(resolve, 160));
  await web.fetch(server.url);
  await expect(web.fetch(server.url)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN_9501' });
  expect(requests).toBe(5);

  status = 200;
  let pass = (): void => {};
  gate = new Promise((resolve) => {
    pass = resolve;
  });
  await new Promise((resolve) => setTimeout(resolve, 160));
  const trial = web.fetch(server.url);
  await expect.poll(() => requests).toBe(6);
  await expect(web.fetch(server.url)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN_9501' });
  pass();
  expect((await trial).status).toBe(200);
  expect((await web.fetch(server.url)).status).toBe(200);
  expect(web.circuits).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  expect(await web.warning()).toBeUndefined();
});

test('a circuit is not opened by 429, by 4xx or by callers that abort', async () => {
  await using web = open({ circuit });
  for (status of [429, 404, 400, 429, 401]) await web.fetch(server.url);
  delayMs = 1_000;
  for (let call = 0; call < 5; call++) {
    await web.fetch(server.url, { signal: AbortSignal.timeout(5) }).catch(() => {});
  }
  expect(web.circuits).toEqual([]);
});

test('a circuit opens on slow calls and on failures of the network', async () => {
  await using slow = open({ circuit: { ...circuit, slowMs: 20 } });
  delayMs = 40;
  for (let call = 0; call < 4; call++) await slow.fetch(server.url);
  await expect(slow.fetch(server.url)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN_9501' });

  await using down = open({ circuit, retries: 3 });
  // The attempts of one call count one by one.
  await expect(down.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({
    code: 'CONNECTION_REFUSED_9001',
  });
  await expect(down.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN_9501',
  });
  // Another server has its own.
  expect((await down.fetch(server.url)).status).toBe(200);
});

test('a circuit that opened before a test replaced the clock lets a call try', async () => {
  await using web = open({ circuit: { ...circuit, halfOpenAfterMs: 600_000 } });
  status = 503;
  for (let call = 0; call < 4; call++) await web.fetch(server.url);
  await expect(web.fetch(server.url)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN_9501' });
  status = 200;
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  expect((await web.fetch(server.url)).status).toBe(200);
});
