// The client of an HTTP connection is a client of got, made by `got.extend` with one handler, which
// is the outermost around every request: it opens the operation, passes on a signal that ends the
// request with the operation, and turns errors into coded ones. Everything else is an option of got.

import { APIError, type BaseError, ErrorCode, type RetryBudget } from '@map/errors/core';
import type { Got, HandlerFunction, Options, PaginationOptions, Request, Response } from 'got';
import { checkPort } from '../core/check-options.ts';
import type { ErrorOrigin } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { HttpProxy } from '../core/proxy.ts';
import type { Scope } from '../core/scope.ts';
import type { Agents } from './agents.ts';
import { httpError } from './convert.ts';
import { Exchange } from './exchange.ts';
import { forwardingRequest } from './forward.ts';
import { followRedirect } from './redirect.ts';
import { allowRepetition, retrySettings } from './retry.ts';
import type { HttpLimits, HttpOptions } from './settings.ts';
import { limitSize, watchStream } from './stream.ts';
import { addTraceHeaders } from './trace.ts';

/** The client of `got` with its whole interface. */
export type HttpClient = Got;

/** The part of a connection that its client needs. */
export interface HttpOwner {
  readonly name: string;
  readonly origin: ErrorOrigin;
  readonly limits: HttpLimits;
  readonly headers: HttpOptions['headers'];
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: RetryBudget;
  /** The proxy of plain HTTP requests. */
  readonly forwardingProxy: HttpProxy | undefined;
  /** Starts the operation of a request; it may have failed already. */
  begin(operation: string, repeatable: boolean, scope: Scope | undefined): Operation;
}

/** Makes clients whose requests belong to a scope. */
export type ClientFactory = (scope: Scope | undefined) => HttpClient;

/**
 * Makes the clients of a connection: they share agents, limits, retries and headers.
 *
 * @param createGot - The library, loaded on first use.
 */
export function clientFactory(createGot: Got, agents: Agents, owner: HttpOwner): ClientFactory {
  const { budget, forwardingProxy: proxy, headers, limits, name } = owner;
  const { forwarding, http, https } = agents;
  const base = createGot.extend({
    agent: { http, https },
    ...(headers !== undefined && { headers: { ...headers } }),
    ...(proxy && forwarding && { request: forwardingRequest(proxy, forwarding) }),
    retry: retrySettings(limits, budget),
    pagination: { transform: readPage(createGot.defaults.options.pagination, name) },
    hooks: {
      // got would try again: the refusal of such a connection looks like that of a server.
      beforeRequest: [({ url }) => checkPort(`HTTP client "${name}"`, 'url', url as URL)],
      beforeRedirect: [followRedirect],
      beforeError: [(error) => httpError(error, owner)],
    },
  });
  return (scope) => base.extend({ handlers: [watch(owner, scope)] });
}

/** Parses a page like got, but without got's error, which would show the content of the page. */
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
        message: `A page requested via HTTP client "${name}" is not JSON. Use pagination.transform to read it.`,
        details: { pool: name },
      });
    }
  };
}

/** The handler around every request: deadline, signal, size limit, report, coded errors. */
function watch(owner: HttpOwner, scope: Scope | undefined): HandlerFunction {
  const { name, limits, traceHeaders } = owner;
  // got has no options where it could not read those that were given.
  return (options: Options | undefined, next: (options: Options) => unknown) => {
    const isRepeatable = options !== undefined && allowRepetition(options);
    const operation = owner.begin(options?.method ?? 'request', isRepeatable, scope);
    owner.budget.deposit();
    const exchange = new Exchange(name, operation, options);
    const convert = (error: unknown): BaseError => httpError(error, owner, exchange);
    if (options !== undefined) addTraceHeaders(options, traceHeaders);
    let result: unknown;
    try {
      result = next(options as Options);
    } catch (error) {
      operation.fail(convert(error));
      throw operation.error;
    }
    const isStream = options?.isStream ?? !(result instanceof Promise);
    return (
      isStream
        ? watchStream(result as Request, exchange, limits.maxResponseBytes, convert)
        : watchPromise(result as GotPromise, exchange, limits.maxResponseBytes, convert)
    ) as never;
  };
}

type Reader = (this: Promise<unknown>) => Promise<unknown>;

/** The promise that got makes for a request. */
type GotPromise = Promise<unknown> &
  Pick<Request, 'on'> &
  Readonly<Record<'json' | 'text' | 'buffer', Reader>>;

/** The promise of the operation, with the body readers of got's; got adds its other members. */
function watchPromise(
  request: GotPromise,
  exchange: Exchange,
  limit: number,
  convert: (error: unknown) => BaseError,
): Promise<unknown> {
  const { operation } = exchange;
  limitSize(request, exchange, limit);
  request.then(
    (value) => operation.succeed(value),
    (error) => operation.fail(convert(error)),
  );
  // A body that cannot be read as requested fails after the request has succeeded.
  const coded = (reader: Reader): Reader =>
    function (this) {
      const body = reader.call(this);
      const result = body.catch((error: unknown) => {
        throw convert(error);
      });
      return Object.defineProperties(result, Object.getOwnPropertyDescriptors(body));
    };
  return Object.assign(operation.promise, {
    json: coded(request.json),
    text: coded(request.text),
    buffer: coded(request.buffer),
  });
}
