import { APIError, type BaseError, ErrorCode, isBaseError } from '@map/errors/core';
import type { Got, Options, RequestError } from 'got';
import type { Call } from './call.ts';
import { coded } from './coded.ts';
import type { Agents } from './http-agents.ts';
import { exchangeOf, HttpExchange } from './http-exchange.ts';
import type { HttpLimits, HttpOptions } from './http-settings.ts';
import type { RetryBudget } from './retry-budget.ts';

/** The client of `got` with its whole interface. */
export type HttpClient = Got;

/** What a client is made of. */
export interface HttpParts {
  /** The client without the handler that watches its requests. */
  readonly base: HttpClient;
  readonly agents: Agents;
}

/** What a client needs of the connection that it belongs to. */
export interface HttpOwner {
  readonly name: string;
  readonly limits: HttpLimits;
  readonly headers: HttpOptions['headers'];
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: RetryBudget;
  /** Opens the record of a request; it may have failed already. */
  begin(operation: string): Call;
}

/** Methods that may be repeated when nobody knows whether the first one was carried out. */
export const idempotent: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
]);

/** Headers that other hosts must not see after a redirect, beside those that got removes. */
const privateHeaders =
  /^(x-(api|auth|access|goog-api|amz-security|csrf|xsrf)-?(key|token)?|api-?key|.*(token|secret|apikey|api-key|credential|session).*)$/i;

/**
 * Makes the base client of a connection: agents, limits, retries, headers.
 *
 * @param createGot - The library, loaded on first use.
 */
export function makeHttpClient(createGot: Got, agents: Agents, owner: HttpOwner): HttpClient {
  const { budget, limits } = owner;
  return createGot.extend({
    agent: agents,
    ...(owner.headers !== undefined && { headers: { ...owner.headers } }),
    retry: {
      limit: limits.retries,
      maxRetryAfter: limits.maxRetryAfterMs,
      enforceRetryRules: false,
      calculateDelay: ({ attemptCount, computedValue, error, retryAfter, retryOptions }) => {
        const mayRepeat =
          computedValue > 0 || (attemptCount <= limits.retries && isKeyed(error, retryOptions));
        if (!mayRepeat) return 0;
        const delay =
          retryAfter ??
          Math.random() * Math.min(limits.maxRetryDelayMs, 100 * 2 ** Math.min(attemptCount, 20));
        const exchange = exchangeOf(error.options.signal);
        // An attempt that could not end in time would only hide the cause of the failure.
        const left = (exchange?.call.deadlineAt ?? Number.POSITIVE_INFINITY) - performance.now();
        if (delay >= left || delay > limits.maxRetryAfterMs || !budget.withdraw()) return 0;
        return Math.max(1, retryAfter === undefined ? delay : delay * (1 + Math.random() / 10));
      },
    },
    hooks: {
      beforeRedirect: [
        (options, response) => {
          const from = new URL(response.url);
          if ((options.url as URL).origin === from.origin) return;
          for (const header of Object.keys(options.headers)) {
            if (privateHeaders.test(header)) delete options.headers[header];
          }
        },
      ],
      beforeError: [(error) => convert(error, owner.name)],
    },
  });
}

/** Adds the trace headers; a request that cannot be traced is sent all the same. */
function trace({ headers }: Options, { traceHeaders }: HttpOwner): void {
  if (traceHeaders === undefined) return;
  try {
    const made = traceHeaders();
    for (const header in made) headers[header] ??= made[header];
  } catch {}
}

/** Adds the watch over every request: deadline, signal, size limit, report, coded errors. */
export function watched(base: HttpClient, owner: HttpOwner): HttpClient {
  return base.extend({
    handlers: [
      (options, next) => {
        const call = owner.begin(options.method);
        owner.budget.deposit();
        const exchange = new HttpExchange(owner.name, call, options.signal);
        options.signal = exchange as unknown as AbortSignal;
        trace(options, owner);
        const result = next(options);
        if (options.isStream) {
          return watchStream(result as unknown as BodyStream, exchange, owner) as never;
        }
        return watchPromise(result as unknown as BodyPromise, exchange, owner) as never;
      },
    ],
  });
}

function watchStream<S extends BodyStream>(stream: S, exchange: HttpExchange, owner: HttpOwner): S {
  const { call } = exchange;
  limitSize(stream, exchange, owner);
  const destroy = stream.destroy;
  // An abort does not pass through the hooks of got.
  stream.destroy = (error) => destroy.call(stream, error && convert(error, owner.name, exchange));
  stream.once('error', (error) => call.fail(error));
  // A stream that is read to its end is not closed by itself; one that is left early does not end.
  for (const event of ['end', 'close']) stream.once(event, () => call.succeed(undefined));
  return stream;
}

function watchPromise(request: BodyPromise, exchange: HttpExchange, owner: HttpOwner): BodyPromise {
  const { call } = exchange;
  limitSize(request, exchange, owner);
  // One promise does both, reporting and coding: each costs a request's share of a per cent.
  const watched = request.then(
    (value) => {
      call.succeed(value);
      return value;
    },
    (error: unknown) => {
      const known = convert(error, owner.name, exchange);
      call.fail(known);
      throw known;
    },
  );
  const whole: BodyPromise = Object.assign(watched, request);
  for (const body of bodies) {
    const read = request[body];
    // A body that cannot be read as asked for fails after the request has succeeded.
    whole[body] = () => {
      // Got copies what its promise has to the new one, slowly; a promise that has nothing is faster.
      const reading = read.call(whole.then() as BodyPromise);
      const coding = reading.catch((error: unknown) => {
        throw convert(error, owner.name, exchange);
      });
      return Object.assign(coding, whole);
    };
  }
  return whole;
}

const bodies = ['json', 'text', 'buffer'] as const;

interface BodyStream extends NodeStream {
  destroy(error?: Error): unknown;
}

interface NodeStream {
  once(event: string, listener: (value: unknown) => void): unknown;
  on(event: string, listener: (value: never) => void): unknown;
}

type BodyPromise = Promise<unknown> &
  NodeStream &
  Record<'json' | 'text' | 'buffer', () => Promise<unknown>>;

function limitSize(source: NodeStream, exchange: HttpExchange, owner: HttpOwner): void {
  const limit = owner.limits.maxResponseBytes;
  source.on('downloadProgress', (progress: { transferred: number; total?: number }) => {
    const size = Math.max(progress.transferred, progress.total ?? 0);
    if (size <= limit || exchange.stopped !== undefined) return;
    exchange.call.fail(
      new APIError({
        code: ErrorCode.UPSTREAM_BAD_RESPONSE,
        message: `The answer is larger than ${limit} bytes; raise maxResponseBytes or stream it in parts.`,
        details: { pool: owner.name, limit_bytes: limit },
      }),
    );
  });
}

function convert(error: unknown, name: string, known?: HttpExchange): BaseError {
  if (isBaseError(error)) return error;
  const failed = error as Partial<RequestError>;
  const exchange = known ?? exchangeOf(failed.options?.signal);
  if (exchange?.stopped !== undefined) return exchange.stopped;
  for (let cause = failed.cause, depth = 0; cause && depth < 5; depth++) {
    if (isBaseError(cause)) return cause;
    cause = (cause as Error).cause;
  }
  const operation = failed.options?.method ?? 'request';
  return coded(error, {
    pool: name,
    kind: 'http',
    operation,
    repeatable: idempotent.has(operation),
  });
}

/** A request that the server can tell from its repetition. */
function isKeyed(
  error: RequestError,
  retry: { statusCodes: number[]; errorCodes: string[] },
): boolean {
  const { headers, body } = error.options;
  if (headers['idempotency-key'] === undefined || typeof body === 'object') return false;
  const status = error.response?.statusCode;
  return status === undefined
    ? retry.errorCodes.includes(error.code)
    : retry.statusCodes.includes(status);
}
