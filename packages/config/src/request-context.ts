import { getLogger, LogContext, runWithContext } from '@map/logger';
import { type HttpRequest, type HttpResponse, httpMetrics, setHttpRoute } from '@map/metrics/http';
import { holder } from './current.ts';

/** What is read of a request: Node's, Express's or Fastify's. */
export interface RequestLike {
  readonly headers?: object;
  readonly method?: string | undefined;
  /** Node's request under Fastify's. */
  readonly raw?: RequestLike;
  /** Fastify: the matched route. */
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** What is used of a response: Node's, Express's or Fastify's. */
export interface ResponseLike {
  /** Node's response under Fastify's. */
  readonly raw?: ResponseLike;
  readonly statusCode?: number;
  readonly headersSent?: boolean;
  once?(event: 'close', listener: () => void): unknown;
  setHeader?(name: string, value: string): unknown;
}

/**
 * Makes the handler that gives each request its context, measures it and lets a shutdown wait
 * for it: `app.use(requestContext())` in Express and Nest, `app.addHook('onRequest',
 * requestContext())` in Fastify, or around a `node:http` listener.
 *
 * The trace comes from the `traceparent` header, or is new; log lines, exemplars, outgoing headers
 * and errors under it carry it. Once a shutdown has begun, clients are told to connect elsewhere.
 *
 * @returns The handler.
 * @see https://www.w3.org/TR/trace-context/
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer, logger, requestContext } from '@map/config';
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
export function requestContext(): (
  request: RequestLike,
  response: ResponseLike,
  next: () => void,
) => void {
  const measure = httpMetrics();
  const log = getLogger('map.http');
  return (request, response, next) => {
    const raw = request.raw ?? request;
    const answer = response.raw ?? response;
    const method = raw.method ?? '';
    const startedAt = performance.now();
    const { inFlight, config } = holder();
    // A client that is not told would send its next request on a connection about to be closed.
    const sendElsewhere = () => {
      if (answer.headersSent !== true) answer.setHeader?.('connection', 'close');
    };
    const finished = inFlight?.begin(`${method} request`, { onEnding: sendElsewhere });
    const context = LogContext.fromHeaders(raw.headers ?? {});
    const route = request.routeOptions?.url;
    if (route !== undefined) setHttpRoute(raw, route);
    if (config?.ending) sendElsewhere();

    answer.once?.('close', () => {
      finished?.();
      runWithContext(context, () =>
        log.debug('Request answered', {
          method,
          status_code: answer.statusCode,
          execution_time: (performance.now() - startedAt) / 1e3,
        }),
      );
    });
    runWithContext(context, () => measure(raw as HttpRequest, answer as HttpResponse, next));
  };
}
