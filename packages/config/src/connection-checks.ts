import type { ConnectionManager, HealthReport as ConnectionsHealth } from '@map/connections';
import { ErrorCode, findCodeInfo } from '@map/errors';
import type { Settings } from '@map/settings';
import { codedError } from './coded-error.ts';
import { isRedisConfigured } from './connection-options.ts';
import type { HealthRegistry } from './health.ts';

/** A little less than the limit of a check, so that the reason comes before the limit does. */
const TIMEOUT_MS = 1_800;

/**
 * Adds a readiness check for each connection that has none yet.
 *
 * One that is not in use is not asked, except a Redis that the settings name: it will be needed.
 *
 * @param connections The connections, as many as there are by now.
 * @param health Where the checks go.
 * @param settings Say whether Redis is configured.
 */
export function addConnectionChecks(
  connections: ConnectionManager,
  health: HealthRegistry,
  settings: Settings,
): void {
  for (const name of Object.keys(connections.stats())) {
    if (health.has(name)) continue;
    health.register(name, async () => {
      const { connections: found } = await examine(connections);
      const state = found[name];
      if (state?.status === 'down') {
        const { errorType, message = `Connection "${name}" is down.` } = state;
        const code = findCodeInfo(errorType)?.code ?? ErrorCode.SERVICE_UNAVAILABLE;
        throw codedError({ code, message });
      }
      if (state?.status === 'idle' && name === 'redis' && isRedisConfigured(settings)) {
        await connections.redisConnection((redis) => redis.ping(), { timeoutMs: TIMEOUT_MS });
      }
    });
  }
}

const rounds = new WeakMap<ConnectionManager, Promise<ConnectionsHealth>>();

/** Examines all connections once for the checks that run side by side. */
function examine(connections: ConnectionManager): Promise<ConnectionsHealth> {
  const running = rounds.get(connections);
  if (running !== undefined) return running;
  const round = connections.health({ timeoutMs: TIMEOUT_MS }).finally(() => {
    rounds.delete(connections);
  });
  rounds.set(connections, round);
  return round;
}
