import { optionNames } from '@map/redaction/kernel';
import { checkMethod, checkOptions } from '../common/check.ts';
import { MountTemplates } from './mount-templates.ts';
import {
  type HttpMetricsOptions,
  type HttpRequest,
  type HttpResponse,
  observeRequest,
  setHttpRoute,
} from './request.ts';

export {
  type HttpMetricsOptions,
  type HttpRequest,
  type HttpResponse,
  httpMethodLabel,
  setHttpRoute,
} from './request.ts';

/** A server of `node:http` or `node:https`. */
export interface HttpServer {
  prependListener(
    event: 'request',
    listener: (request: HttpRequest, response: HttpResponse) => void,
  ): unknown;
}

/** The part of a Fastify application that the plugin uses. */
export interface FastifyApp {
  readonly server: object;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: { readonly raw: object }, done: () => void) => void,
  ): unknown;
}

/** The part of a Fastify request that the plugin reads. */
export interface FastifyRequest {
  readonly raw: object;
  readonly routeOptions: { readonly url?: string | undefined };
}

const HTTP_OPTIONS = optionNames<HttpMetricsOptions>({ manager: true, route: true });

/**
 * Records every request of a server: counts, durations, sizes, and how many are in flight.
 *
 * @param server A server of `node:http`, `node:https` or of a framework above them.
 * @param options Where to record, and how to find the route.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { observeHttpServer } from '@map/metrics/http';
 *
 * const server = createServer((_request, response) => response.end('hello'));
 * observeHttpServer(server, { route: () => '/' });
 * ```
 */
export function observeHttpServer(server: HttpServer, options: HttpMetricsOptions = {}): void {
  checkMethod('server', server, 'prependListener');
  checkOptions('HTTP metrics', options, HTTP_OPTIONS);
  const templates = new MountTemplates();
  server.prependListener('request', (request, response) => {
    observeRequest(request, response, options, templates);
  });
}

/**
 * Makes Express middleware that records requests by route template; use it first.
 *
 * @param options Where to record, and how to find the route.
 * @returns The middleware.
 * @example
 * ```ts
 * import express from 'express';
 * import { httpMetrics } from '@map/metrics/http';
 *
 * const app = express();
 * app.use(httpMetrics());
 * ```
 */
export function httpMetrics(
  options: HttpMetricsOptions = {},
): (request: HttpRequest, response: HttpResponse, next: () => void) => void {
  checkOptions('HTTP metrics', options, HTTP_OPTIONS);
  const templates = new MountTemplates();
  return (request, response, next) => {
    observeRequest(request, response, options, templates);
    next();
  };
}

/**
 * A Fastify plugin that records requests by route template.
 *
 * @example
 * ```ts
 * import fastify from 'fastify';
 * import { fastifyMetrics } from '@map/metrics/http';
 *
 * const app = fastify();
 * app.register(fastifyMetrics);
 * ```
 */
export function fastifyMetrics(
  app: FastifyApp,
  options: HttpMetricsOptions,
  done: () => void,
): void {
  checkMethod('app', app, 'addHook');
  const templates = new MountTemplates();
  app.addHook('onRequest', (request, reply, next) => {
    const { url } = request.routeOptions;
    if (url !== undefined) setHttpRoute(request.raw, url);
    observeRequest(request.raw as HttpRequest, reply.raw as HttpResponse, options, templates);
    next();
  });
  done();
}

// Makes the hooks of the plugin those of the whole application:
// https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope
Object.defineProperty(fastifyMetrics, Symbol.for('skip-override'), { value: true });
