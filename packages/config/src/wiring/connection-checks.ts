import type { ConnectionManager } from '@map/connections';
import { ErrorCode, findCodeInfo } from '@map/errors';
import { errorOf } from '@map/errors/kernel';
import type { HealthRegistry } from '@map/lifecycle';
import type { Settings } from '@map/settings';
import { isRedisConfigured } from './connection-options.ts';

/** Below the time limit of a check, so that the connection's own error is reported. */
const TIMEOUT_MS = 1_800;

/**
 * Adds a readiness check for each connection that does not have one yet.
 *
 * Connections that are not in use are skipped, except a Redis that the settings name.
 *
 * @param connections The connections that exist at this moment.
 * @param health Receives the checks.
 * @param settings Tell whether Redis is configured.
 */
export function addConnectionChecks(
  connections: ConnectionManager,
  health: HealthRegistry,
  settings: Settings,
): void {
  for (const name of Object.keys(connections.stats())) {
    if (health.has(name)) continue;
    health.register(name, async () => {
      // One at a time: a connection must not take as long as another one that is down.
      const { connections: found } = await connections.health({ timeoutMs: TIMEOUT_MS, name });
      const state = found[name];
      if (state?.status === 'fail') {
        const { errorType, message = `Connection "${name}" is down.` } = state;
        const code = findCodeInfo(errorType)?.code ?? ErrorCode.SERVICE_UNAVAILABLE;
        throw errorOf({ code, message });
      }
      if (state?.checked === false && name === 'redis' && isRedisConfigured(settings)) {
        await connections.redisConnection((redis) => redis.ping(), { timeoutMs: TIMEOUT_MS });
      }
    });
  }
}
