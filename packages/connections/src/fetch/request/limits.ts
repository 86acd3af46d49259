import { describeValue, MAX_TIMER_MS, unknownOption } from '@map/redaction/kernel';
import type { RetryLimits } from '../retry/retry-policy.ts';

/** Limits that one call may set for itself; all times in milliseconds. */
export interface FetchLimits {
  /** Limit for getting a socket: waiting for a free one, name look-up, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** Limit for one attempt from its start to the status of the response. */
  readonly firstByteTimeoutMs?: number;
  /** Longest time without a byte while the body is read. */
  readonly idleTimeoutMs?: number;
  /** Limit for the whole call: all attempts, delays, redirects and the body; none by default. */
  readonly timeoutMs?: number;
  /** Repetitions at most. */
  readonly retries?: number;
  /** Largest body in bytes, after decompression. */
  readonly maxResponseBytes?: number;
}

/** The options of `fetch` beyond the standard: limits of this call. */
export interface FetchInit extends RequestInit {
  readonly limits?: FetchLimits;
}

/** A `fetch` over a named connection; it has the type `typeof fetch`. */
export type ManagedFetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** The limits of one call, complete. */
export interface CallLimits extends RetryLimits {
  readonly connectTimeoutMs: number | undefined;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly timeoutMs: number | undefined;
  readonly maxResponseBytes: number;
}

/**
 * Checks the limits of one call and fills them up.
 *
 * @param given - As the caller wrote them.
 * @param defaults - Those of the connection.
 * @throws TypeError for an unknown name, RangeError for a value that cannot be used.
 */
export function callLimits(given: FetchLimits | undefined, defaults: CallLimits): CallLimits {
  if (given === undefined) return defaults;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`\`limits\` must be an object, got ${describeValue(given)}.`);
  }
  const unknown = unknownOption('`limits` of fetch', given, known);
  if (unknown !== undefined) throw new TypeError(unknown.message);
  const own: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    const least = leastValues[name];
    if (least === undefined || value === undefined) continue;
    const isTime = name.endsWith('Ms');
    const fits = isTime ? value >= least && value <= MAX_TIMER_MS : Number.isSafeInteger(value);
    if (typeof value !== 'number' || !fits || value < least) {
      const expected = isTime
        ? `milliseconds from 1 to ${MAX_TIMER_MS}`
        : `a whole number from ${least}`;
      throw new RangeError(`\`limits.${name}\` must be ${expected}, got ${describeValue(value)}.`);
    }
    own[name] = value;
  }
  return { ...defaults, ...own };
}

const leastValues: Readonly<Record<string, number>> = {
  connectTimeoutMs: 1,
  firstByteTimeoutMs: 1,
  idleTimeoutMs: 1,
  timeoutMs: 1,
  retries: 0,
  maxResponseBytes: 1,
};

const known: ReadonlySet<string> = new Set(Object.keys(leastValues));
