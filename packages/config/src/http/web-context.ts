import { checkFlag, checkNames, optionError } from '@map/errors/kernel';
import { getLogger, LogContext, runWithContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { httpMethodLabel } from '@map/metrics/http';
import { endStatus } from '@map/metrics/kernel';
import { read, readString, valueAtOnce } from '@map/redaction/kernel';
import { current } from '../support/current.ts';
import { isJsonError, thrownBy } from './body-parser.ts';
import { notFound, type ProblemAnswer, problemOf } from './problem.ts';
import { CONTEXT_OPTIONS, type RequestContextOptions } from './request-context.ts';
import { type ErrorContext, keepsBody, keptBodyStatus, requestStatus } from './request-fault.ts';

/** Facts about a web-standard request that it does not contain. */
export interface WebRequestDetails {
  /** The route template, such as `/users/:id`, or a function that is called at the end; never a raw path. */
  readonly route?: string | (() => string | undefined);
}

/** Runs the handler of one web-standard request. */
export type WebContext = (
  request: Request,
  handle: () => Response | Promise<Response>,
  details?: WebRequestDetails,
) => Promise<Response>;

/** How long a response that nobody has begun to read counts as in flight. */
const UNREAD_MS = 100;

/**
 * Makes the function that runs the handlers of web-standard requests: in Hono, in route handlers of
 * Next.js, in `Bun.serve` and in `Deno.serve`. As `requestContext` does for Node's requests, it gives
 * each its log context, measures it, and lets a shutdown wait until its response has been read. A
 * response that nobody begins to read, such as that of a test, counts as sent after 100 ms. An error
 * that the handler throws becomes problem details.
 *
 * @param options Whether there is an access log.
 * @returns The function; what it returns never rejects. It throws `CONFIG_INVALID_3002` if it is
 *   called with anything but a request.
 * @example
 * ```ts
 * import { logger } from '@map/config';
 * import { webContext } from '@map/config/http';
 *
 * const context = webContext();
 * const GET = (request: Request) =>
 *   context(
 *     request,
 *     () => {
 *       logger.info('Serving');
 *       return new Response('hello');
 *     },
 *     { route: '/hello' },
 *   );
 * console.log((await GET(new Request('http://localhost/hello'))).status);
 * ```
 */
export function webContext(options: RequestContextOptions = {}): WebContext {
  checkNames('webContext()', options ?? {}, CONTEXT_OPTIONS);
  const { accessLog = false } = options ?? {};
  checkFlag('accessLog', accessLog, 'webContext()');
  const log = getLogger('map.http');
  return (request, handle, details = {}) => {
    if (typeof (request as Partial<Request> | undefined)?.headers?.get !== 'function') {
      throw optionError('request', 'a web-standard Request, such as `c.req.raw` in Hono', request);
    }
    const context = LogContext.fromHeaders(request.headers);
    const method = httpMethodLabel(request.method);
    const metrics = getMetricsManager();
    const startedAt = performance.now();
    if (metrics.enabled) metrics.metric('http', 'inFlight').inc({ method });
    const end = (status_code: number, bytes: number): void => {
      const seconds = (performance.now() - startedAt) / 1e3;
      if (metrics.enabled) {
        const route = routeOf(details) ?? 'unmatched';
        metrics.metric('http', 'inFlight').dec({ method });
        metrics.trackHttp('requests', { method, route, status_code });
        metrics.trackHttp('duration', { method, route, status_code }, seconds);
        metrics.trackHttp('responseSize', { method, route }, bytes);
      }
      log[accessLog ? 'info' : 'debug']('Request completed', {
        method: request.method,
        path: new URL(request.url).pathname,
        status_code,
        execution_time: seconds,
      });
    };
    const { lifecycle } = current();
    const name = `${method} request`;
    const serve = (finish: () => void) =>
      runWithContext(context, async () => {
        const { response, reader } = await answerOf(request, handle);
        const close = lifecycle?.draining.aborted === true;
        const delivery: Delivery = {
          begin: () => lifecycle?.inFlight.begin(name) ?? noop,
          finish,
          end: (ending, bytes) =>
            runWithContext(context, () => end(statusAfter(ending, request, response), bytes)),
        };
        if (reader !== undefined) return followed(response, reader, close, delivery);
        finish();
        delivery.end('read', 0);
        return response;
      });
    return lifecycle === undefined ? serve(noop) : lifecycle.inFlight.run(name, {}, serve);
  };
}

/**
 * Makes the response to a web-standard request that failed: `app.onError(problemResponse)` in Hono.
 *
 * @param error Anything; it is logged once.
 * @returns Problem details, as {@link toProblem} gives them.
 */
export function problemResponse(error: unknown): Response;
/**
 * Does the same, and knows whether JSON that could not be parsed is that of the request.
 *
 * @param error Anything; it is logged once.
 * @param context Hono's context or the event of h3.
 * @returns Problem details; a promise of them for an error of JSON.
 */
export function problemResponse(
  error: unknown,
  context: ErrorContext,
): Response | Promise<Response>;
export function problemResponse(
  error: unknown,
  context: ErrorContext = {},
): Response | Promise<Response> {
  const { req } = context ?? {};
  if (isJsonError(thrownBy(error)) && keepsBody(req)) {
    return keptBodyStatus(error, req).then((status) => responseOf(error, status));
  }
  return responseOf(error, requestStatus(error, req));
}

/** A web-standard request, or a context that has one as `req`. */
export interface NotFoundTarget {
  readonly method?: string | undefined;
  readonly req?: { readonly method?: string | undefined } | undefined;
}

/**
 * Makes the response to a web-standard request that no route matches:
 * `app.notFound(notFoundResponse)` in Hono.
 *
 * @param target Hono's context, the event of h3, or the request.
 * @returns Problem details with status 404; nothing is logged.
 * @example
 * ```ts
 * import { notFoundResponse } from '@map/config/http';
 *
 * console.log(notFoundResponse(new Request('http://host/nowhere')).status); // 404
 * ```
 */
export function notFoundResponse(target: NotFoundTarget = {}): Response {
  return answered(notFound(readString(read(target, 'req') ?? target, 'method')));
}

function responseOf(error: unknown, known: number | undefined): Response {
  return answered(problemOf(error, {}, known));
}

function answered({ status, headers, body }: ProblemAnswer): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

interface Answer {
  readonly response: Response;
  /** Of its body, if it has one. */
  readonly reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
}

/** The handler's response; problem details if it failed or if its response cannot be read. */
async function answerOf(
  request: Request,
  handle: () => Response | Promise<Response>,
): Promise<Answer> {
  const { method } = request;
  try {
    return readable(await handle(), method);
  } catch (error) {
    return readable(responseOf(error, requestStatus(error, request)), method);
  }
}

function readable(response: Response, method: string): Answer {
  // Not `instanceof`: Next.js has another class `Response`, in another realm.
  if (typeof (response as Partial<Response> | undefined)?.status !== 'number') {
    throw new TypeError('The handler of a request did not return a Response.');
  }
  // No server reads a body that it does not send.
  return { response, reader: method === 'HEAD' ? undefined : response.body?.getReader() };
}

function routeOf({ route }: WebRequestDetails): string | undefined {
  try {
    return typeof route === 'function' ? valueAtOnce(route()) : route;
  } catch {
    return undefined;
  }
}

/** What follows the body of a response. */
interface Delivery {
  /** Puts the request in flight again; returns the new `finish`. */
  readonly begin: () => () => void;
  /** Ends its time in flight. */
  readonly finish: () => void;
  /** Measures and logs its end. */
  readonly end: (ending: Ending, bytes: number) => void;
}

/** How a body ended: read, left by the client, or with an error of its source. */
type Ending = 'read' | 'left' | 'failed';

function statusAfter(ending: Ending, { signal }: Request, { status }: Response): number {
  if (ending === 'read') return status;
  return endStatus(ending === 'left' || signal.aborted, status);
}

function noop(): void {}

/** The same response, whose body is followed until it has been read or cancelled. */
function followed(
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  close: boolean,
  delivery: Delivery,
): Response {
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  // Otherwise a client would send its next request on a connection that is about to be closed.
  if (close) headers.set('connection', 'close');
  return new Response(counted(reader, delivery), { status, statusText, headers });
}

function counted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { begin, end, finish }: Delivery,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  let isEnded = false;
  let leave = finish;
  const done = (ending: Ending): void => {
    clearTimeout(unread);
    leave();
    if (!isEnded) end(ending, bytes);
    isEnded = true;
  };
  const unread = setTimeout(() => done('read'), UNREAD_MS);
  // The stream alone does not keep a process alive.
  unread.unref?.();
  let isBegun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isBegun) {
          isBegun = true;
          clearTimeout(unread);
          if (isEnded) leave = begin();
        }
        try {
          const { value } = await reader.read();
          if (value === undefined) {
            controller.close();
            done('read');
            return;
          }
          // A server refuses anything else, and would leave the rest unread.
          if (!ArrayBuffer.isView(value)) throw new TypeError('A body must consist of bytes.');
          bytes += value.byteLength;
          controller.enqueue(value);
        } catch (error) {
          controller.error(error);
          done('failed');
        }
      },
      async cancel(reason) {
        done('left');
        await reader.cancel(reason);
      },
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );
}
