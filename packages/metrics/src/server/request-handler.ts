import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { acceptsGzip, CONTENT_TYPES, chooseFormat } from '../exposition/negotiate.ts';
import { renderContent } from '../exposition/scrape.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { makeAuthCheck } from './auth.ts';
import { type CollectContent, LateSource } from './collect-content.ts';
import { makeHealthReader, makeHealthResponder } from './health.ts';
import { type MetricsServerOptions, pathOf } from './options.ts';
import type { StatusPage } from './status-page.ts';
import { writeChunks } from './write-chunks.ts';

/** The paths; the last two are files of the page. */
const PATHS = new Set(['/', '/metrics', '/health', '/ready', '/uplot.js', '/uplot.css']);
const NOT_FOUND = 'Not found. The paths are /, /metrics, /health and /ready.';
/** Size limit of a request body in bytes; no request needs one. */
const MAX_BODY_BYTES = 1024;
/** Concurrent scrapes; further ones get 503. */
const MAX_SCRAPES = 8;

/**
 * Makes the function that answers each request.
 *
 * @param collect Collects the metrics of a scrape.
 * @param page Renders the page at `/`.
 */
export function makeRequestHandler(
  options: MetricsServerOptions,
  collect: CollectContent,
  page: StatusPage,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { manager = getMetricsManager(), timeoutMs = 10_000, health = {} } = options;
  const readHealth = makeHealthReader(health, timeoutMs / 2);
  const readReady =
    options.ready === undefined ? readHealth : makeHealthReader(options.ready, timeoutMs / 2);
  const respondHealth = makeHealthResponder(readHealth);
  const respondReady = makeHealthResponder(readReady);
  const auth = options.auth === undefined ? undefined : makeAuthCheck(options.auth);
  let scrapes = 0;

  const scrape = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const start = performance.now();
    const format = chooseFormat(request.headers.accept);
    const gzip = acceptsGzip(request.headers['accept-encoding']?.toString());
    const content = await collect('scrape');
    page.record(content);
    response.writeHead(200, {
      'content-type': CONTENT_TYPES[format],
      vary: 'Accept, Accept-Encoding',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const { prefix, defaultLabels } = manager;
    const chunks = renderContent(content, { format, prefix, defaultLabels });
    if (await writeChunks(response, chunks, gzip)) manager.countScrape(performance.now() - start);
  };

  /** Answers with the page or one of its files. */
  const showPage = async (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const shown = await (path === '/' ? page.render(readReady) : page.file(path));
    if (shown === undefined) return say(response, 404, NOT_FOUND);
    const { headers, text } = shown;
    const gzip = acceptsGzip(request.headers['accept-encoding']?.toString());
    response.writeHead(200, {
      ...headers,
      vary: 'Accept-Encoding',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    });
    if (request.method === 'HEAD') response.end();
    else await writeChunks(response, [text], gzip);
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    deadline: NodeJS.Timeout,
  ): Promise<void> => {
    const path = pathOf(request.url ?? '/');
    if (!PATHS.has(path)) return say(response, 404, NOT_FOUND);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return say(response, 405, 'The method must be GET or HEAD.');
    }
    if (path === '/health' || path === '/ready') {
      return path === '/health'
        ? respondHealth(request, response)
        : respondReady(request, response);
    }
    if (auth !== undefined && !auth.allows(request.headers.authorization)) {
      response.setHeader('www-authenticate', auth.challenge);
      return say(response, 401, 'Credentials are required.');
    }
    if (scrapes >= MAX_SCRAPES) {
      response.setHeader('retry-after', '1');
      return say(response, 503, 'Too many concurrent scrapes.');
    }
    scrapes++;
    try {
      // A burst of requests must not keep `/health` waiting: the rest of it is counted, then refused.
      await nextTurn();
      // That wait is not part of the response: the limit of a silent source comes before this one.
      deadline.refresh();
      await (path === '/metrics' ? scrape(request, response) : showPage(path, request, response));
    } finally {
      scrapes--;
    }
  };

  return async (request, response) => {
    // Closed for too many requests at once, of which these are the rest.
    if (request.socket.destroyed) return;
    const deadline = setTimeout(() => {
      // A client that reads too slowly is cut off, even if it reads steadily.
      if (response.headersSent) response.destroy();
      else say(response, 504, `There was no answer within ${timeoutMs} ms.`);
      deadline.refresh();
    }, timeoutMs);
    response.once('close', () => clearTimeout(deadline));
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    try {
      if (hasLargeBody(request)) {
        response.setHeader('connection', 'close');
        say(response, 413, 'The request must not have a body.');
      } else {
        request.resume();
        await answer(request, response, deadline);
      }
    } catch (error) {
      // Its deadline has answered.
      if (response.writableEnded) return;
      if (response.headersSent) response.destroy();
      else if (error instanceof LateSource) say(response, 504, error.message);
      else say(response, 500, 'The metrics could not be collected.');
    }
  };
}

function hasLargeBody({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES
  );
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
