import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertException } from '@map/errors';
import { makeCertificate } from '@map-tooling/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConnectionEvent, ConnectionManager, type HttpOptions } from '../../../src/index.ts';
import { listening, type TestServer } from '../../support/http-server.ts';
import { type ModelProvider, startModelProvider, text } from '../../support/model-provider.ts';
import { type Sdk, sdks } from '../../support/sdks.ts';

const modes = ['whole', 'streamed'] as const;
type Mode = (typeof modes)[number];

let provider: ModelProvider;
let secure: ModelProvider;
let refusingProxy: TestServer;
let directory: string;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): unknown => unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  directory = await mkdtemp(join(tmpdir(), 'map-sdks-'));
  const { cert, key } = await makeCertificate(directory);
  const proxy = createServer((_request, response) => response.writeHead(403).end());
  proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  [provider, secure, refusingProxy] = await Promise.all([
    startModelProvider(),
    startModelProvider({ cert, key }),
    listening(proxy),
  ]);
});
afterAll(async () => {
  await Promise.all([provider, secure, refusingProxy].map((each) => each[Symbol.asyncDispose]()));
  await rm(directory, { recursive: true });
  process.off('unhandledRejection', onUnhandled);
});

interface Result {
  /** The text of the answer, or the code of the failure. */
  readonly outcome: string;
  readonly requests: number;
  readonly delaysMs: readonly number[];
}

let runs = 0;

/** Calls an SDK over a separate manager, and checks that nothing of it stays open. */
async function run(
  sdk: Sdk,
  mode: Mode,
  fault: string,
  options: HttpOptions = {},
  base = provider.url,
  interrupt?: (manager: ConnectionManager, abort: AbortController) => void,
): Promise<Result> {
  runs += 1;
  const name = `run${runs}`;
  const events: ConnectionEvent[] = [];
  const observer = { observe: (event: ConnectionEvent) => events.push(event) };
  const http = { origin: 'llm', retries: 2, maxRetryDelayMs: 5, idleTimeoutMs: 400 } as const;
  const manager = new ConnectionManager({ http: { ...http, ...options }, observer });
  const abort = new AbortController();
  const baseURL = `${base}/${name}/${encodeURIComponent(fault)}${sdk.path}`;
  const client = { apiKey: 'sk-local', baseURL, fetch: manager.getFetch(), maxRetries: 0 } as const;
  interrupt?.(manager, abort);
  const outcome = await sdk[mode](client, abort.signal).catch(
    (error) => convertException(error, { origin: 'llm' }).code,
  );
  const label = `${sdk.name}, ${mode}, ${fault}`;
  expect(manager.stats()['http']?.pending, label).toBe(0);
  const { abandoned } = await manager.closeAllConnections();
  expect([label, abandoned, manager.stats()['http']?.open]).toEqual([label, 0, 0]);
  expect(unhandled, label).toEqual([]);
  const delaysMs = events.flatMap((event) => (event.type === 'retry' ? [event.delayMs] : []));
  return { outcome, requests: provider.requestsOf(name), delaysMs };
}

/** Each SDK, whole and streamed. */
async function forEach(check: (sdk: Sdk, mode: Mode, label: string) => Promise<void>) {
  for (const sdk of sdks) for (const mode of modes) await check(sdk, mode, `${sdk.name}, ${mode}`);
}

describe('the answer comes in each SDK', () => {
  test.each([
    ['ok', 1],
    ['slow', 1],
    ['once-429', 2],
    ['once-503', 2],
    ['once-529', 2],
    ['once-reset', 2],
  ])('%s: %i requests', async (fault, requests) => {
    await forEach(async (sdk, mode, label) => {
      const result = await run(sdk, mode, fault);
      expect([label, result.outcome, result.requests]).toEqual([label, text, requests]);
    });
  });

  const soon = (): string => new Date(Date.now() + 1_500).toISOString();
  test.each([
    ['retry-after-ms=40', () => 'retry-after-ms=40', 40, 44],
    ['retry-after in seconds', () => 'retry-after=0.04', 40, 44],
    ['retry-after as a date', () => `retry-after=${new Date(Date.now() - 1).toUTCString()}`, 0, 0],
    ['x-ratelimit-reset', () => 'x-ratelimit-reset-requests=40ms', 40, 44],
    ['anthropic', () => `anthropic-ratelimit-requests-reset=${soon()}`, 200, 1_650],
    ['x-should-retry', () => 'x-should-retry=true', 0, 5],
  ])('429 with %s is waited for as it says', async (_name, header, least, most) => {
    for (const sdk of sdks) {
      const result = await run(sdk, 'whole', `once-429;${header()}`);
      expect([sdk.name, result.outcome, result.requests]).toEqual([sdk.name, text, 2]);
      expect(result.delaysMs).toHaveLength(1);
      expect(result.delaysMs[0], sdk.name).toBeGreaterThanOrEqual(least);
      expect(result.delaysMs[0], sdk.name).toBeLessThanOrEqual(most);
    }
  });
});

describe('the code survives in each SDK', () => {
  test.each<[string, string, number, HttpOptions?, string?]>([
    ['no-retry', 'LLM_RATE_LIMITED_5001', 1],
    ['unavailable', 'LLM_PROVIDER_UNAVAILABLE_5011', 3],
    ['overloaded', 'LLM_PROVIDER_OVERLOADED_5012', 3],
    ['reset', 'CONNECTION_RESET_9002', 3],
    ['stall', 'LLM_TIMEOUT_5009', 1, { firstByteTimeoutMs: 250, retries: 0 }],
    ['slow-headers', 'LLM_TIMEOUT_5009', 1, { firstByteTimeoutMs: 250, retries: 0 }],
    ['stall', 'OPERATION_TIMEOUT_1002', 1, { timeoutMs: 250, retries: 0 }],
    ['stall-between', 'LLM_STREAM_INTERRUPTED_5008', 1],
    ['cut', 'LLM_STREAM_INTERRUPTED_5008', 1],
    ['broken-gzip', 'LLM_INVALID_RESPONSE_5006', 1],
    ['bomb', 'LLM_INVALID_RESPONSE_5006', 1, { maxResponseBytes: 1_000_000 }],
    ['private', 'EGRESS_BLOCKED_9009', 1, { egress: 'public', egressAllow: ['127.0.0.1'] }],
    ['refused', 'CONNECTION_REFUSED_9001', 0, {}, 'http://127.0.0.1:1'],
    ['unknown name', 'DNS_FAILURE_9004', 0, { retries: 0 }, 'http://name.invalid'],
  ])('%s is %s after %i requests', async (fault, code, requests, options, base) => {
    await forEach(async (sdk, mode, label) => {
      const result = await run(sdk, mode, fault, options, base);
      expect([label, result.outcome, result.requests]).toEqual([label, code, requests]);
    });
  });

  test('a certificate that is not trusted', async () => {
    const base = secure.url.replace('http:', 'https:');
    await forEach(async (sdk, mode, label) => {
      const { outcome } = await run(sdk, mode, 'ok', {}, base);
      expect([label, outcome]).toEqual([label, 'TLS_FAILURE_9005']);
    });
  });

  test('a proxy that refuses', async () => {
    const base = secure.url.replace('http:', 'https:');
    await forEach(async (sdk, mode, label) => {
      const { outcome } = await run(sdk, mode, 'ok', { proxy: refusingProxy.url }, base);
      expect([label, outcome]).toEqual([label, 'CONNECTION_ERROR_9000']);
    });
  });

  test('an abort by the caller', async () => {
    await forEach(async (sdk, mode, label) => {
      const { outcome } = await run(sdk, mode, 'stall', {}, provider.url, (_manager, abort) =>
        setTimeout(() => abort.abort(), 40),
      );
      expect([label, outcome]).toEqual([label, 'OPERATION_CANCELLED_1003']);
    });
  });
});

test('a shutdown waits for a stream in flight: all of its 10 chunks arrive', async () => {
  for (const sdk of sdks) {
    let closing: Promise<unknown> | undefined;
    const result = await run(sdk, 'streamed', 'paced', {}, provider.url, (manager) => {
      setTimeout(() => {
        closing = manager.closeAllConnections({ timeoutMs: 10_000 });
      }, 60);
    });
    expect([sdk.name, result.outcome]).toEqual([sdk.name, text]);
    expect(await closing, sdk.name).toMatchObject({ completed: 1, abandoned: 0 });
  }
});
