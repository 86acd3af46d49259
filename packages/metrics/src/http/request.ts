import { AsyncResource } from 'node:async_hooks';
import { nowSeconds } from '../common/clock.ts';
import { shared } from '../common/shared.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { followRoute } from './express-route.ts';

/** The part of a request that is read. */
export interface HttpRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The part of a response that is read and heard. */
export interface HttpResponse {
  statusCode: number;
  once(event: string, listener: () => void): unknown;
}

/** How HTTP requests are recorded. */
export interface HttpMetricsOptions {
  /** The manager to record in; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
  /** Gives the route's template, such as `/users/:id`, once the answer is out; never a raw path. */
  readonly route?: ((request: HttpRequest) => string | undefined) | undefined;
}

/** What a request that its client gave up counts as, as in nginx. */
const CLIENT_CLOSED = 499;
/** Statuses whose answers have no body, whatever a handler writes. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);
/** What a request counts as for which the router has no route. */
const UNMATCHED = 'unmatched';

/** The requests being recorded, each once however many copies of this package hear of it. */
const seen = (): WeakSet<object> => shared('http-seen@1', () => new WeakSet());
const routes = (): WeakMap<object, string> => shared('http-routes@1', () => new WeakMap());

/**
 * Names the route of a request where there is no router that could.
 *
 * @param request The request, while it is being answered.
 * @param template The template, such as `/users/:id`: one of few, never the raw path.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { observeHttpServer, setHttpRoute } from '@map/metrics/http';
 *
 * const server = createServer((request, response) => {
 *   setHttpRoute(request, '/users/:id');
 *   response.end();
 * });
 * observeHttpServer(server);
 * ```
 */
export function setHttpRoute(request: object, template: string): void {
  routes().set(request, template);
}

/** Records one request, however many ways it is announced. */
export function observeRequest(
  request: HttpRequest,
  response: HttpResponse,
  options: HttpMetricsOptions,
): void {
  const manager = options.manager ?? getMetricsManager();
  if (!manager.enabled || seen().has(request)) return;
  seen().add(request);
  const start = nowSeconds();
  const method = request.method ?? 'GET';
  const inFlight = manager.metric('http', 'inFlight');
  inFlight.inc({ method });
  const written = countBytes(response);
  // A router that named the route already, such as Fastify's, is none of Express.
  const followed = routes().has(request) ? undefined : followRoute(request);
  let finished = false;
  // The request's own context, or the exemplars would miss its trace; bind() costs ten times this.
  const context = new AsyncResource('HttpMetrics');
  const record = (): void => {
    inFlight.dec({ method });
    const route = routeOf(request, options, followed);
    const status_code = finished ? response.statusCode : CLIENT_CLOSED;
    manager.trackHttp('requests', { method, route, status_code });
    manager.trackHttp('duration', { method, route, status_code }, nowSeconds() - start);
    const hasBody = method !== 'HEAD' && !BODILESS.has(response.statusCode);
    manager.trackHttp('responseSize', { method, route }, hasBody ? written() : 0);
    const size = Number(request.headers['content-length'] ?? 0);
    if (request.headers['transfer-encoding'] === undefined && size >= 0) {
      manager.trackHttp('requestSize', { method, route }, size);
    }
  };
  // Heard, as an answer to a request that a test injects is finished without being written.
  response.once('finish', () => {
    finished = true;
  });
  response.once('close', () => context.runInAsyncScope(record));
}

function routeOf(
  request: HttpRequest,
  { route }: HttpMetricsOptions,
  followed: { readonly found: string | undefined } | undefined,
): string {
  try {
    const named = routes().get(request) ?? route?.(request) ?? followed?.found;
    if (named !== undefined) return named;
  } catch {
    // A route that cannot be told is none.
  }
  return UNMATCHED;
}

/** Counts the bytes of the body as they go out, after any compression above. */
function countBytes(response: HttpResponse): () => number {
  let bytes = 0;
  // The end of an answer of HTTP/2 writes its last piece through write: it counts once.
  let isWithin = false;
  const target = response as unknown as Record<'write' | 'end', (...args: unknown[]) => unknown>;
  for (const name of ['write', 'end'] as const) {
    const original = target[name];
    // Assigned by name: V8 makes a function that is assigned at once in old space, with all it holds.
    const counting = (...args: unknown[]): unknown => {
      if (isWithin) return original.apply(response, args);
      const [chunk, encoding] = args;
      if (typeof chunk === 'string') {
        bytes += Buffer.byteLength(
          chunk,
          typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8',
        );
      } else if (chunk instanceof Uint8Array) {
        bytes += chunk.byteLength;
      }
      isWithin = true;
      try {
        return original.apply(response, args);
      } finally {
        isWithin = false;
      }
    };
    target[name] = counting;
  }
  return () => bytes;
}
