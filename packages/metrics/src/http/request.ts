import { AsyncResource } from 'node:async_hooks';
import { processState, valueAtOnce } from '@map/redaction/kernel';
import { checkObject } from '../common/check.ts';
import { nowSeconds } from '../common/clock.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { cutStatus } from './cut-response.ts';
import { followRoute } from './express-route.ts';
import type { MountTemplates } from './mount-templates.ts';

/** The part of a request that is read. */
export interface HttpRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The part of a response that is used. */
export interface HttpResponse {
  statusCode: number;
  once(event: string, listener: () => void): unknown;
}

/** How HTTP requests are recorded. */
export interface HttpMetricsOptions {
  /** The manager to record in; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
  /** Returns the route template, such as `/users/:id`, when the response has ended; never a raw path. */
  readonly route?: ((request: HttpRequest) => string | undefined) | undefined;
}

/** Status codes of responses that never have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);
/** The route of a request for which the router has none. */
const UNMATCHED = 'unmatched';

/** The requests being recorded, so that each counts once if the package is installed twice. */
const seen = (): WeakSet<object> => processState('@map/metrics/http-seen@1', () => new WeakSet());
const routes = (): WeakMap<object, string> =>
  processState('@map/metrics/http-routes@1', () => new WeakMap());

/**
 * Sets the route of a request, where no router does.
 *
 * @param request The request, before its response has ended.
 * @param template The template, such as `/users/:id`; never the raw path.
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
  checkObject('request', request);
  routes().set(request, template);
}

let known: ReadonlySet<string> | undefined;

/**
 * Returns the method of a request as the label `method`: one that no standard knows is `other`,
 * because clients can invent as many as they like over HTTP/2.
 *
 * @param method The method of the request; GET by default.
 * @returns The method, or `other`.
 * @example
 * ```ts
 * import { httpMethodLabel } from '@map/metrics/http';
 *
 * console.log(httpMethodLabel('POST'), httpMethodLabel('X-4711')); // POST other
 * ```
 */
export function httpMethodLabel(method = 'GET'): string {
  known ??= new Set(process.getBuiltinModule('node:http').METHODS);
  return known.has(method) ? method : 'other';
}

/** Records one request, once, even if several hooks announce it. */
export function observeRequest(
  request: HttpRequest,
  response: HttpResponse,
  options: HttpMetricsOptions,
  templates: MountTemplates,
): void {
  const manager = options.manager ?? getMetricsManager();
  if (!manager.enabled || seen().has(request)) return;
  seen().add(request);
  const start = nowSeconds();
  const method = httpMethodLabel(request.method);
  const inFlight = manager.metric('http', 'inFlight');
  inFlight.inc({ method });
  const written = countBytes(response);
  // A route that is set already comes from another router than Express.
  const followed = routes().has(request) ? undefined : followRoute(request, templates);
  let finished = false;
  // Record in the context of the request: exemplars read the trace from it.
  const context = new AsyncResource('HttpMetrics');
  const record = (): void => {
    inFlight.dec({ method });
    const route = routeOf(request, options, followed);
    const status_code = finished ? response.statusCode : cutStatus(request, response.statusCode);
    manager.trackHttp('requests', { method, route, status_code });
    manager.trackHttp('duration', { method, route, status_code }, nowSeconds() - start);
    const hasBody = method !== 'HEAD' && !BODILESS.has(response.statusCode);
    manager.trackHttp('responseSize', { method, route }, hasBody ? written() : 0);
    const size = Number(request.headers['content-length'] ?? 0);
    if (request.headers['transfer-encoding'] === undefined && size >= 0) {
      manager.trackHttp('requestSize', { method, route }, size);
    }
  };
  // Not `writableFinished`: a request that a test injects finishes without being written.
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
    const named = routes().get(request) ?? valueAtOnce(route?.(request)) ?? followed?.found;
    if (named !== undefined) return named;
  } catch {
    // Without a route it counts as unmatched.
  }
  return UNMATCHED;
}

/** Counts the bytes of the body as they are written, after any compression. */
function countBytes(response: HttpResponse): () => number {
  let bytes = 0;
  // `end` of HTTP/2 calls `write` for its last chunk, which counts once.
  let isWithin = false;
  const target = response as unknown as Record<'write' | 'end', (...args: unknown[]) => unknown>;
  for (const name of ['write', 'end'] as const) {
    const original = target[name];
    // Written straight into the property, it would live until a full collection, and the response too.
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
