import { getLogger, LogContext, runWithContext } from '@map/logger';
import { getMetricsManager, HTTP_REQUESTS_IN_FLIGHT } from '@map/metrics';
import { holder } from './current.ts';

/** What is read of a request: Node's, Express's or Fastify's. */
export interface RequestLike {
  readonly headers?: object;
  readonly method?: string;
  /** Node's request under Fastify's. */
  readonly raw?: RequestLike;
  /** Express: where the router is mounted, and the matched route. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
  /** Fastify: the matched route. */
  readonly routeOptions?: { readonly url?: string };
}

/** What is used of a response: Node's, Express's or Fastify's. */
export interface ResponseLike {
  /** Node's response under Fastify's. */
  readonly raw?: ResponseLike;
  readonly statusCode?: number;
  readonly writableFinished?: boolean;
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
  const metrics = getMetricsManager();
  const log = getLogger('map.http');
  return (request, response, next) => {
    const raw = request.raw ?? request;
    const answer = response.raw ?? response;
    const method = raw.method ?? '';
    const startedAt = performance.now();
    const { inFlight, config } = holder();
    const finished = inFlight?.begin(`${method} request`);
    const context = LogContext.fromHeaders(raw.headers ?? {});
    HTTP_REQUESTS_IN_FLIGHT.inc({ method });
    if (config?.ending) answer.setHeader?.('connection', 'close');

    answer.once?.('close', () => {
      finished?.();
      const seconds = (performance.now() - startedAt) / 1e3;
      // 499 is what proxies log for a client that went away before the answer was out.
      const status = answer.writableFinished === false ? 499 : (answer.statusCode ?? 0);
      const route = routeOf(request);
      const labels = { method, route, status_code: status };
      runWithContext(context, () => {
        HTTP_REQUESTS_IN_FLIGHT.dec({ method });
        metrics.trackHttp('requests', labels);
        metrics.trackHttp('duration', labels, seconds);
        log.debug('Request answered', { ...labels, execution_time: seconds });
      });
    });
    runWithContext(context, next);
  };
}

/** The template of the matched route: raw paths would make a series for each id. */
function routeOf(request: RequestLike): string {
  const path = request.route?.path ?? request.routeOptions?.url;
  if (typeof path !== 'string') return 'unmatched';
  return `${request.baseUrl ?? ''}${path}`;
}
