import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asksForRetry,
  requestedWaitMs,
  resetMs,
  retryDelayMs,
} from '../../../src/fetch/retry/retry-policy.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

test('a status asks for a repetition unless the server says otherwise', () => {
  const none = new Headers();
  const retried = [408, 409, 425, 429, 500, 502, 503, 504, 520, 529];
  for (const status of retried)
    expect([status, asksForRetry(status, none)]).toEqual([status, true]);
  for (const status of [200, 204, 301, 400, 401, 403, 404, 413, 422, 501, 505]) {
    expect([status, asksForRetry(status, none)]).toEqual([status, false]);
  }
  expect(asksForRetry(429, new Headers({ 'x-should-retry': 'false' }))).toBe(false);
  expect(asksForRetry(400, new Headers({ 'x-should-retry': 'true' }))).toBe(true);
  expect(asksForRetry(200, new Headers({ 'x-should-retry': 'true' }))).toBe(false);
  expect(asksForRetry(503, new Headers({ 'x-should-retry': 'maybe' }))).toBe(true);
});

test('the wait is read from the headers of providers, the most exact one first', () => {
  const cases: [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:03 GMT' }, 3_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after-ms': '-1', 'retry-after': '-1' }, undefined],
    [{ 'x-ratelimit-reset-requests': '120ms' }, 120],
    [
      {
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '6m0s',
        'x-ratelimit-remaining-tokens': '149984',
      },
      1_000,
    ],
    [
      {
        'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:01Z',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-03-01T12:00:04Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
      },
      4_000,
    ],
    [{ 'x-ratelimit-reset': '1772366405' }, 5_000],
    [{ 'x-ratelimit-reset': 'whenever' }, undefined],
  ];
  for (const [headers, expected] of cases) {
    expect([headers, requestedWaitMs(429, new Headers(headers), now)]).toEqual([headers, expected]);
  }
  expect(requestedWaitMs(503, new Headers({ 'x-ratelimit-reset': '5' }), now)).toBeUndefined();
});

test('durations are read in every unit', () => {
  expect(resetMs('1h2m3.5s', now)).toBe(3_723_500);
  expect(resetMs('1d', now)).toBe(86_400_000);
  expect(resetMs('17ms', now)).toBe(17);
  expect(resetMs('1772366405000', now)).toBe(5_000);
  expect(resetMs('1x', now)).toBeUndefined();
});

test('a delay stays within its limits', () => {
  const limits = { retries: 2, maxRetryAfterMs: 10_000, maxRetryDelayMs: 2_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 0, max: 20_000 }),
      (attempt, asked) => {
        const own = retryDelayMs(attempt, undefined, limits);
        expect(own).toBeGreaterThan(0);
        expect(own).toBeLessThanOrEqual(2_000);
        const followed = retryDelayMs(attempt, asked, limits);
        if (asked > 10_000) expect(followed).toBeUndefined();
        else expect(followed).toBeGreaterThanOrEqual(asked);
      },
    ),
  );
});
