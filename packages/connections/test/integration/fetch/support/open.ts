import type { BaseError } from '@map/errors';
import { DeadlineQueue } from '../../../../src/core/deadline-queue.ts';
import { HostRules } from '../../../../src/core/host-rules.ts';
import { FetchClient } from '../../../../src/fetch/client.ts';
import type { Repetition } from '../../../../src/fetch/fetch-call.ts';
import type { CallLimits, ManagedFetch } from '../../../../src/fetch/limits.ts';
import { type FetchOptions, fetchSettings } from '../../../../src/fetch/settings.ts';

export interface Opened extends AsyncDisposable {
  readonly fetch: ManagedFetch;
  readonly client: FetchClient;
  /** How each call ended: `ok` or its code. */
  readonly records: string[];
  readonly retries: Repetition[];
  readonly circuits: string[];
  readonly pending: () => number;
  readonly stopAll: (error: BaseError) => void;
}

export interface OpenOptions extends FetchOptions, Partial<CallLimits> {
  readonly ca?: string;
  readonly proxy?: string;
  readonly noProxy?: readonly string[];
  readonly maxSocketsPerHost?: number;
  readonly headers?: Record<string, string>;
  readonly traceHeaders?: () => Record<string, string>;
}

/** A `fetch` without a manager. */
export function open(options: OpenOptions = {}): Opened {
  const settings = fetchSettings('a test', options);
  const records: string[] = [];
  const retries: Repetition[] = [];
  const circuits: string[] = [];
  const stops = new Set<(error: BaseError) => void>();
  const noProxy = new HostRules(options.noProxy ?? [], true);
  const proxy = options.proxy === undefined ? undefined : { url: new URL(options.proxy), noProxy };
  const client = new FetchClient({
    pool: 'web',
    settings,
    sockets: {
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      maxSocketsPerHost: options.maxSocketsPerHost ?? 50,
      ca: options.ca === undefined ? undefined : [options.ca],
      proxies: { http: proxy, https: proxy },
    },
    limits: {
      connectTimeoutMs: undefined,
      firstByteTimeoutMs: settings.firstByteTimeoutMs,
      idleTimeoutMs: settings.idleTimeoutMs,
      timeoutMs: options.timeoutMs,
      retries: options.retries ?? 0,
      maxRetryAfterMs: options.maxRetryAfterMs ?? 10_000,
      maxRetryDelayMs: options.maxRetryDelayMs ?? 20,
      maxResponseBytes: options.maxResponseBytes ?? 10 * 1024 * 1024,
    },
    headers: options.headers ?? {},
    traceHeaders: options.traceHeaders,
    budget: { deposit: () => {}, withdraw: () => true },
    deadlines: new DeadlineQueue(),
    isPrivateHeader: (name) => /auth|key|cookie|^host$/.test(name),
    begin: (_operation, stop) => {
      stops.add(stop);
      return {
        succeed: () => {
          stops.delete(stop);
          records.push('ok');
        },
        fail: (error) => {
          stops.delete(stop);
          records.push(error.code);
        },
      };
    },
    onRetry: (repetition) => retries.push(repetition),
    onCircuit: (_origin, state) => circuits.push(state),
  });
  return {
    fetch: client.fetch,
    client,
    records,
    retries,
    circuits,
    pending: () => stops.size,
    stopAll: (error) => {
      for (const stop of stops) stop(error);
    },
    [Symbol.asyncDispose]: () => client.destroy(),
  };
}
