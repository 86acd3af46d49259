import { type HealthHandler, healthHandler as handlerOf } from '@map/lifecycle';
import { current } from '../support/current.ts';

/**
 * Makes a handler of `/health` and `/ready` for your own server, beside or instead of the metrics
 * server: `app.use(healthHandler())` in Express and Nest, as the handler of both routes in Fastify,
 * or at the top of a `node:http` listener.
 *
 * @returns The handler; it calls `next` for other paths.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer, healthHandler } from '@map/config/http';
 *
 * const server = createServer(healthHandler()).listen(0);
 * await closeServer(server);
 * ```
 */
export function healthHandler(): HealthHandler {
  return handlerOf({
    live: () => ({ status: 'pass', checks: {} }),
    ready: async () =>
      (await current().config?.health()) ?? { status: 'fail', reason: 'starting', checks: {} },
  });
}
