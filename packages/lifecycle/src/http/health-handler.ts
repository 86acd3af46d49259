import { optionError } from '@map/errors/kernel';
import type { HealthReport } from '../health/report.ts';

/** The sources of {@link healthHandler}: a `HealthRegistry`, for example. */
export interface HealthSources {
  /** Reports that the process responds. */
  live(): HealthReport;
  /** Runs the readiness checks. */
  ready(): Promise<HealthReport>;
}

/** The part of a request that is read: Node's, Express' or Fastify's. */
export interface HealthRequest {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
}

/** The part of a response that is used: Node's and Express', or Fastify's. */
export interface HealthResponse {
  /** Node and Express. */
  writeHead?(status: number, headers: Record<string, string>): { end(body?: string): unknown };
  /** Fastify. */
  code?(status: number): {
    headers(headers: Record<string, string>): { send(body?: string): unknown };
  };
}

/** Handles a request for a health endpoint. */
export type HealthHandler = (
  request: HealthRequest,
  response: HealthResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

const HEADERS = { 'content-type': 'application/health+json', 'cache-control': 'no-store' };

/**
 * Makes a handler of `/health` and `/ready` for your own server: `app.use(healthHandler(…))` in
 * Express and Nest, as the handler of both routes in Fastify, or at the top of a `node:http`
 * listener. It calls `next` for other paths, or responds with 404 without one.
 *
 * Messages of failed checks are left out, because anyone may read the response.
 *
 * @param health The health checks.
 * @returns The handler.
 * @see https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer, createLifecycle, healthHandler } from '@map/lifecycle';
 *
 * const app = createLifecycle();
 * const server = createServer(healthHandler(app.health)).listen(0);
 * await closeServer(server);
 * ```
 */
export function healthHandler(health: HealthSources): HealthHandler {
  if (typeof health?.live !== 'function' || typeof health.ready !== 'function') {
    throw optionError('health', 'an object with live() and ready()', health);
  }
  return async (request, response, next) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path !== '/health' && path !== '/ready') {
      if (next === undefined) respond(request, response, 404, { status: 'fail' });
      else next();
      return;
    }
    const report = path === '/health' ? health.live() : await health.ready();
    respond(request, response, report.status === 'fail' ? 503 : 200, withoutMessages(report));
  };
}

/** Leaves out the messages of failed checks, which anyone could read. */
export function withoutMessages({ checks, ...report }: HealthReport): HealthReport {
  const shown = Object.entries(checks).map(([name, { error: _error, ...check }]) => [name, check]);
  return { ...report, checks: Object.fromEntries(shown) };
}

function respond(
  { method }: HealthRequest,
  response: HealthResponse,
  status: number,
  report: object,
): void {
  const body = method === 'HEAD' ? undefined : `${JSON.stringify(report)}\n`;
  if (response.code !== undefined) response.code(status).headers(HEADERS).send(body);
  else response.writeHead?.(status, HEADERS).end(body);
}
