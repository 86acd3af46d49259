import { APIError, type BaseError, ErrorCode, isBaseError } from '@map/errors/core';
import type { Got, Options, PaginationOptions, Request, RequestError, Response } from 'got';
import type { Call } from './call.ts';
import { coded } from './coded.ts';
import type { Agents } from './http-agents.ts';
import { type GotPromise, HttpAnswer, type HttpBody } from './http-body.ts';
import { exchangeOf, HttpExchange } from './http-exchange.ts';
import { followRedirect } from './http-redirect.ts';
import { HttpRemains, isPrivate } from './http-remains.ts';
import { allowRepetition, retrySettings } from './http-retry.ts';
import { type HttpSender, makeSender } from './http-sender.ts';
import type { HttpLimits, HttpOptions } from './http-settings.ts';
import { limitSize, watchStream } from './http-stream.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Scope } from './scope.ts';

/** The client of `got` with its whole interface. */
export type HttpClient = Got;

/** What clients are made of. */
export interface HttpParts {
  readonly agents: Agents;
  readonly sender: HttpSender;
  /** Makes a client of got's own, for a scope. */
  readonly whole: (scope: Scope | undefined) => HttpClient;
}

/** What a client needs of the connection that it belongs to. */
export interface HttpOwner {
  readonly name: string;
  readonly limits: HttpLimits;
  readonly headers: HttpOptions['headers'];
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: RetryBudget;
  /** Opens the record of a request; it may have failed already. */
  begin(operation: string, repeatable: boolean, scope: Scope | undefined): Call;
}

/**
 * Makes what the clients of a connection are made of: agents, limits, retries, headers.
 *
 * @param createGot - The library, loaded on first use.
 */
export function makeHttpParts(createGot: Got, agents: Agents, owner: HttpOwner): HttpParts {
  const { budget, limits, name } = owner;
  const { http, https } = agents;
  const base = createGot.extend({
    agent: { http, https },
    ...(owner.headers !== undefined && { headers: { ...owner.headers } }),
    retry: retrySettings(limits, budget),
    pagination: { transform: readPage(createGot.defaults.options.pagination, name) },
    hooks: {
      beforeRedirect: [followRedirect],
      beforeError: [(error) => convert(error, name)],
    },
  });
  return {
    agents,
    sender: makeSender(base, (options, next, scope) => watch(options, next, owner, scope, true)),
    whole: (scope) =>
      base.extend({
        handlers: [(options, next) => watch(options, next, owner, scope, false) as never],
      }),
  };
}

/** What got does with a page, but for its error: that would show what the page says. */
function readPage(
  { transform }: PaginationOptions<unknown, unknown>,
  name: string,
): (response: Response<unknown>) => unknown[] | Promise<unknown[]> {
  return (response) => {
    try {
      return transform?.(response) ?? [];
    } catch {
      throw new APIError({
        code: ErrorCode.UPSTREAM_BAD_RESPONSE,
        message: `A page for client "${name}" is not JSON; give pagination.transform to read it.`,
        details: { pool: name },
      });
    }
  };
}

/** What a header may be called, and hold. */
const nameOfHeader = /^[\w!#$%&'*+.^`|~-]+$/;
const valueOfHeader = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Adds the trace headers; a request that cannot be traced is sent all the same. */
function trace({ headers }: Options, { traceHeaders }: HttpOwner): void {
  if (traceHeaders === undefined) return;
  try {
    const made = traceHeaders();
    for (const header in made) {
      if (!nameOfHeader.test(header) || !valueOfHeader.test(String(made[header]))) continue;
      headers[header] ??= made[header];
    }
  } catch {}
}

/**
 * Watches one request: deadline, signal, size limit, report, coded errors.
 *
 * @param options - Nothing where got could not read what was asked for.
 * @param scope - What it belongs to.
 * @param isInnermost - Whether no handler of the user comes between this and got.
 */
function watch(
  options: Options | undefined,
  next: (options: Options) => unknown,
  owner: HttpOwner,
  scope: Scope | undefined,
  isInnermost: boolean,
): HttpBody | Request {
  const { name, limits } = owner;
  const isRepeatable = options !== undefined && allowRepetition(options);
  const call = owner.begin(options?.method ?? 'request', isRepeatable, scope);
  owner.budget.deposit();
  const exchange = new HttpExchange(name, call, options?.signal);
  let remains: HttpRemains | undefined;
  if (options !== undefined) {
    if (options.isStream) exchange.hold();
    const isSeen = !isInnermost || hasHooks(options);
    options.signal = isSeen ? exchange.toSignal() : (exchange as unknown as AbortSignal);
    trace(options, owner);
    if (!isSeen && isPrivate(options)) remains = new HttpRemains();
  }
  let result: unknown;
  try {
    result = next(options as Options);
  } catch (error) {
    call.fail(convert(error, name, exchange));
    throw call.error;
  }
  const isStream = options?.isStream ?? !(result instanceof Promise);
  if (!isStream) return watchPromise(result as GotPromise, exchange, owner, remains);
  return watchStream(result as Request, exchange, limits.maxResponseBytes, (error) =>
    convert(error, name, exchange),
  );
}

/** Whether hooks of the user get to see the options of a request, and may pass its signal on. */
function hasHooks({ hooks }: Options): boolean {
  return (
    hooks.beforeRequest.length > 0 ||
    hooks.afterResponse.length > 0 ||
    hooks.beforeRetry.length > 0 ||
    // One of these is ours.
    hooks.beforeRedirect.length > 1 ||
    hooks.beforeError.length > 1
  );
}

function watchPromise(
  request: GotPromise,
  exchange: HttpExchange,
  owner: HttpOwner,
  remains: HttpRemains | undefined,
): HttpAnswer {
  const { call } = exchange;
  const toError = (error: unknown): BaseError => convert(error, owner.name, exchange);
  limitSize(request, exchange, owner.limits.maxResponseBytes);
  return new HttpAnswer({ request, toError, remains }, (resolve, reject) => {
    const fail = (error: unknown): void => {
      const known = toError(error);
      call.fail(known);
      reject(known);
    };
    // A handler of the user may wait for something else than the request.
    if (exchange.aborted) fail(exchange.stopped);
    else exchange.addEventListener('abort', () => fail(exchange.stopped));
    request.then((answer) => {
      call.succeed(undefined);
      remains?.answered(answer);
      resolve(answer);
    }, fail);
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
  const operation = failed.options?.method ?? exchange?.call.operation ?? 'request';
  const repeatable = exchange?.call.repeatable ?? false;
  const status = failed.name === 'HTTPError' ? failed.response?.statusCode : undefined;
  const message =
    status === undefined
      ? undefined
      : `${operation} over client "${name}" was answered with status ${status}.`;
  return coded(error, { pool: name, kind: 'http', operation, repeatable, message });
}
