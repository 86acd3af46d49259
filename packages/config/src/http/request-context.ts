import { checkFlag, checkNames } from '@map/errors/kernel';
import { getLogger, LogContext, runWithContext } from '@map/logger';
import { type HttpRequest, type HttpResponse, httpMetrics, setHttpRoute } from '@map/metrics/http';
import { cutStatus } from '@map/metrics/kernel';
import { optionNames } from '@map/redaction/kernel';
import { current } from '../support/current.ts';

/** The part of a request that is read: Node's, Express' or Fastify's. */
export interface RequestLike {
  readonly headers?: object;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Fastify: Node's request. */
  readonly raw?: RequestLike;
  /** Fastify: the matched route. */
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** The part of a response that is used: Node's, Express' or Fastify's. */
export interface ResponseLike {
  /** Fastify: Node's response. */
  readonly raw?: ResponseLike;
  readonly statusCode?: number;
  readonly headersSent?: boolean;
  readonly writableFinished?: boolean;
  once?(event: 'close', listener: () => void): unknown;
  setHeader?(name: string, value: string): unknown;
}

/** Options of {@link requestContext}. */
export interface RequestContextOptions {
  /** Whether each request is logged at INFO instead of DEBUG; false by default. */
  readonly accessLog?: boolean;
}

/** The names of {@link RequestContextOptions}. */
export const CONTEXT_OPTIONS: ReadonlySet<string> = optionNames<RequestContextOptions>({
  accessLog: true,
});

/**
 * Makes the handler that gives each request its log context, measures it, and lets a shutdown wait
 * for it: `app.use(requestContext())` in Express, `app.addHook('onRequest', requestContext())` in
 * Fastify, or around a `node:http` listener. In Nest, `MapModule` adds it.
 *
 * The trace comes from the `traceparent` header, or is new; log lines, exemplars, outgoing headers
 * and errors carry it. Once a shutdown has begun, responses ask clients to reconnect elsewhere.
 *
 * @param options Whether there is an access log.
 * @returns The handler.
 * @see https://www.w3.org/TR/trace-context/
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { logger } from '@map/config';
 * import { requestContext } from '@map/config/http';
 * import { closeServer } from '@map/config/lifecycle';
 *
 * const context = requestContext();
 * const server = createServer((request, response) =>
 *   context(request, response, () => {
 *     logger.info('Serving');
 *     response.end('hello');
 *   }),
 * ).listen(0);
 * await closeServer(server);
 * ```
 */
export function requestContext(
  options: RequestContextOptions = {},
): (request: RequestLike, response: ResponseLike, next: () => void) => void {
  checkNames('requestContext()', options ?? {}, CONTEXT_OPTIONS);
  const { accessLog = false } = options ?? {};
  checkFlag('accessLog', accessLog, 'requestContext()');
  const measure = httpMetrics();
  const log = getLogger('map.http');
  return (request, response, next) => {
    const rawRequest = request.raw ?? request;
    const rawResponse = response.raw ?? response;
    const context = LogContext.fromHeaders(rawRequest.headers ?? {});
    const route = request.routeOptions?.url;
    if (route !== undefined) setHttpRoute(rawRequest, route);
    const method = rawRequest.method ?? '';
    const startedAt = performance.now();
    const handle = (finish: () => void) => {
      rawResponse.once?.('close', () => {
        finish();
        runWithContext(context, () =>
          log[accessLog ? 'info' : 'debug']('Request completed', {
            method,
            path: pathOf(rawRequest.url),
            // As in the metrics.
            status_code:
              rawResponse.writableFinished === false
                ? cutStatus(rawRequest, rawResponse.statusCode ?? 0)
                : rawResponse.statusCode,
            execution_time: (performance.now() - startedAt) / 1e3,
          }),
        );
      });
      runWithContext(context, () =>
        measure(rawRequest as HttpRequest, rawResponse as HttpResponse, next),
      );
    };
    const { lifecycle } = current();
    if (lifecycle === undefined) {
      handle(() => undefined);
      return;
    }
    // Otherwise a client would send its next request on a connection that is about to be closed.
    const onDraining = () => {
      if (rawResponse.headersSent !== true) rawResponse.setHeader?.('connection', 'close');
    };
    if (lifecycle.draining.aborted) onDraining();
    lifecycle.inFlight.run(`${method} request`, { onDraining }, handle);
  };
}

/** The path without the query, which often has personal data. */
function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}
