import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { convertException, ErrorCode } from '../../src/index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 0);
const WEEK = 604_800_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const refusal = (headers: Record<string, string>, message?: string): Error =>
  Object.assign(new Error('Failed.'), {
    status: 429,
    error: { message },
    requestID: null,
    headers: new Headers(headers),
  });
const waitOf = (headers: Record<string, string>, message?: string): number | undefined =>
  convertException(refusal(headers, message), { maxRetryAfterMs: WEEK }).retryAfterMs;

test.each<[string, number | undefined]>([
  ['6m0s', 360_000],
  ['120ms', 120],
  ['8.64s', 8640],
  ['1h2m3.5s', 3_723_500],
  ['1d2h', 93_600_000],
  ['0s', 0],
  ['1500µs', 2],
  ['250000us', 250],
  ['7000000ns', 7],
  ['2m 30s', 150_000],
  ['1 minute', 60_000],
  ['1 hour, 5 minutes', 3_900_000],
  ['30 seconds', 30_000],
  ['30', 30_000],
  ['0.75', 750],
  ['1767323050', 10_000],
  ['1767323050.5', 10_500],
  ['1767323050250', 10_250],
  ['2026-01-02T03:04:20Z', 20_000],
  ['2026-01-02T03:04:20.250000Z', 20_250],
  ['2026-01-02T05:04:20+02:00', 20_000],
  ['2026-01-02 03:04:20', 20_000],
  ['2026-01-02T03:04:20', 20_000],
  ['Fri, 02 Jan 2026 03:04:30 GMT', 30_000],
  // A time in the past gives 0.
  ['2025-12-31T00:00:00Z', 0],
  ['1600000000', 0],
  ['99999999999999999999s', WEEK],
  ['9999-12-31T23:59:59Z', WEEK],
  ['-5', undefined],
  ['-1m', undefined],
  ['', undefined],
  ['soon', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['5 parsecs', undefined],
  ['2026-13-45T99:99:99Z', undefined],
  [`${'1m'.repeat(90)}x`, undefined],
])('a limit that is reset in "%s" waits %s ms', (value, wait) => {
  expect(waitOf({ 'x-ratelimit-reset-tokens': value })).toBe(wait);
  expect(waitOf({ 'anthropic-ratelimit-input-tokens-reset': value })).toBe(wait);
  expect(waitOf({ 'retry-after': value })).toBe(wait);
});

test.each<[Record<string, string>, number | undefined]>([
  [{ 'x-ratelimit-reset-requests': '8.64s', 'x-ratelimit-reset-tokens': '1s' }, 8640],
  [
    {
      'x-ratelimit-reset-requests': '1h',
      'x-ratelimit-remaining-requests': '9',
      'x-ratelimit-reset-tokens': '2s',
      'x-ratelimit-remaining-tokens': '0',
    },
    2000,
  ],
  [
    {
      'x-ratelimit-reset-requests': '1h',
      'x-ratelimit-reset-tokens': '2s',
      'x-ratelimit-remaining-tokens': '-120',
    },
    2000,
  ],
  [
    {
      'x-ratelimit-reset-requests-day': '40000.5',
      'x-ratelimit-remaining-requests-day': '900',
      'x-ratelimit-reset-tokens-minute': '11.5',
      'x-ratelimit-remaining-tokens-minute': '0',
    },
    11_500,
  ],
  [
    {
      'x-ratelimit-reset-requests-day': '40000',
      'x-ratelimit-remaining-requests-day': '0',
      'x-ratelimit-reset-tokens-minute': '11',
      'x-ratelimit-remaining-tokens-minute': '5',
    },
    40_000_000,
  ],
  [
    {
      'anthropic-ratelimit-requests-reset': '2025-12-31T00:00:00Z',
      'anthropic-ratelimit-tokens-reset': '2026-01-02T03:04:07Z',
    },
    7000,
  ],
  [{ 'ratelimitbysize-reset': '12', 'ratelimitbysize-remaining': '0' }, 12_000],
  [{ 'x-ratelimit-reset': '30' }, 30_000],
  [{ 'x-rate-limit-reset': '1767323045' }, 5000],
  [{ 'x-ratelimit-reset-after': '1.25' }, 1250],
  [{ ratelimit: '"burst";r=5;t=2, "minute";r=0;t=45' }, 45_000],
  [{ ratelimit: 'limit=100, remaining=0, reset=17' }, 17_000],
  [{ ratelimit: '"default";r=9;t=30' }, undefined],
  [{ 'retry-after': '3', 'x-ratelimit-reset': '30' }, 3000],
  [{ 'retry-after': 'junk', 'x-ratelimit-reset': '30' }, 30_000],
  [{ 'retry-after-ms': '-1', 'retry-after': '4' }, 4000],
])('the wait of %j', (headers, wait) => {
  expect(waitOf(headers)).toBe(wait);
});

test.each<[string, number | undefined]>([
  ['Rate limit reached for m on tokens per min (TPM). Please try again in 1.2s.', 1200],
  ['Rate limit reached. Please try again in 6m0s. Visit https://example.com.', 360_000],
  ['Rate limit reached. Please try again in 7m59.56s.', 479_560],
  ['Please retry after 6 seconds.', 6000],
  ['You exceeded your current limit. Please retry in 34.074824224s.', 34_075],
  ['Try again in 20ms', 20],
  ['Rate limit of 15 per 60s exceeded. Please wait 42 seconds before retrying.', 42_000],
  ['Wait at least 3s.', 3000],
  ['Request was throttled. Expected available in 5 seconds.', 5000],
  ['The model is busy; it is available again in 2 minutes.', 120_000],
  ['Your quota resets in 1h5m.', 3_900_000],
  ['Please retry your requests after 4 seconds.', 4000],
  ['Too Many Requests: retry after 17', 17_000],
  ['Please retry after 17 attempts', undefined],
  ['Please wait 3 turns.', undefined],
  ['Please try again later.', undefined],
  ['Try again in a while, in 5s of nothing', undefined],
])('the sentence "%s" waits %s ms', (message, wait) => {
  expect(waitOf({}, message)).toBe(wait);
  const event = { type: 'error', code: 'rate_limit_exceeded', message };
  const found = convertException(event, { origin: 'llm', maxRetryAfterMs: WEEK });
  expect([found.code, found.retryAfterMs]).toEqual([ErrorCode.LLM_RATE_LIMITED, wait]);
});

test.each<[object, number | undefined]>([
  [{ error: 'Model m is currently loading', estimated_time: 20.5 }, 20_500],
  [{ error: { message: 'x', code: 429, metadata: { raw: 'upstream: retry in 12s' } } }, 12_000],
  [{ error: 'slow', retry_after: 6 }, 6000],
  [{ error: { message: 'Overloaded, please try again in 8s', type: 'overloaded_error' } }, 8000],
  [{ error: 'Model m is currently loading', estimated_time: -1 }, undefined],
])('the body %j waits %s ms', (body, wait) => {
  const raw = Object.assign(new Error('Failed.'), {
    httpRequest: {},
    httpResponse: { status: 503, body },
  });
  raw.name = 'ProviderApiError';
  expect(convertException(raw).retryAfterMs).toBe(wait);
});

test.each<[string, object, number | undefined]>([
  ['Discord', { message: 'You are being rate limited.', retry_after: 0.529, global: false }, 529],
  [
    'Telegram',
    {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 9',
      parameters: { retry_after: 9 },
    },
    9000,
  ],
  ['Django', { detail: 'Request was throttled. Expected available in 11 seconds.' }, 11_000],
  ['a body without a wait', { detail: 'Slow down.' }, undefined],
])('the body of a service that is not a model waits: %s', (_name, data, wait) => {
  const raw = { isAxiosError: true, config: {}, response: { status: 429, headers: {}, data } };
  const found = convertException(Object.assign(new Error('Failed.'), raw));
  expect([found.code, found.retryAfterMs]).toEqual([ErrorCode.RATE_LIMITED, wait]);
});

test('a header wins over a sentence, and no wait is longer than what is believed', () => {
  expect(waitOf({ 'retry-after': '2' }, 'Please try again in 9s.')).toBe(2000);
  const found = convertException(refusal({ 'x-ratelimit-reset-tokens': '1d' }));
  expect(found.retryAfterMs).toBe(60_000);
});
