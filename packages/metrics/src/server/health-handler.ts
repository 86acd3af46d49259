import { optionNames } from '@map/redaction/kernel';
import { checkOptions, checkTimeout } from '../common/check.ts';
import {
  type HealthChecks,
  type HealthRequest,
  type HealthResponse,
  type HealthSource,
  makeHealthReader,
  makeHealthResponder,
} from './health.ts';
import { checkHealth, pathOf } from './options.ts';

/** The checks that `healthHandler` answers with. */
export interface HealthHandlerOptions {
  /** The checks of `/health`; without checks it reports that the process responds. */
  readonly health?: HealthChecks | HealthSource | undefined;
  /** The checks of `/ready`; those of `health` by default. */
  readonly ready?: HealthChecks | HealthSource | undefined;
  /** Time limit of the checks in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const OPTIONS = optionNames<HealthHandlerOptions>({
  health: true,
  ready: true,
  timeoutMs: true,
});

/**
 * Makes a handler of `/health` and `/ready` for an existing server: middleware for Express and
 * Connect, or a listener of `node:http`. The metrics server answers both paths itself.
 *
 * @param options The checks.
 * @returns A handler. It passes other requests to `next`, or answers them with 404.
 * @throws {MetricsError} `METRICS_OPTION_INVALID` if `timeoutMs` is out of range.
 * @see https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { healthHandler } from '@map/metrics';
 *
 * const health = healthHandler({ ready: { queue: async () => true } });
 * const server = createServer((request, response) =>
 *   health(request, response, () => response.end('the application')),
 * );
 * server.close();
 * ```
 */
export function healthHandler(
  options: HealthHandlerOptions = {},
): (request: HealthRequest, response: HealthResponse, next?: () => void) => void {
  checkOptions('healthHandler()', options, OPTIONS);
  const { health = {}, ready = health, timeoutMs = 5000 } = options;
  checkTimeout(timeoutMs);
  checkHealth(options);
  const responders = new Map([
    ['/health', makeHealthResponder(makeHealthReader(health, timeoutMs))],
    ['/ready', makeHealthResponder(makeHealthReader(ready, timeoutMs))],
  ]);
  return (request, response, next) => {
    const respond = responders.get(pathOf(request.url ?? '/'));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (respond !== undefined && isRead) {
      void respond(request, response).catch(() => response.destroy());
    } else if (next !== undefined) {
      next();
    } else {
      response.writeHead(404);
      response.end();
    }
  };
}
