import { processState } from '@map/redaction/kernel';
import { configError } from '../core/errors.ts';
import { ConnectionManager } from './manager.ts';
import type { ConnectionManagerOptions } from './options.ts';

interface Singleton {
  manager?: ConnectionManager;
}

/**
 * The manager of this process, made on first use; after it was closed, a new one is made.
 *
 * @param options - Options of the manager; rejected if it already exists.
 * @returns The manager.
 * @throws BaseError `CONFIG_INVALID_3002` if options are given too late to take effect.
 *
 * @example
 * ```ts
 * import { getConnectionManager } from '@map/connections';
 *
 * const manager = getConnectionManager();
 * console.log(manager.stats().redis?.state);
 * await manager.closeAllConnections();
 * ```
 */
export function getConnectionManager(options?: ConnectionManagerOptions): ConnectionManager {
  const state = processState<Singleton>('@map/connections/manager@1', () => ({}));
  const known = state.manager;
  if (known !== undefined && !known.closed) {
    if (options === undefined) return known;
    throw configError(
      'The connection manager already exists: getConnectionManager() was called without these options. Pass them on first use (initializeConfig() does), or close it first.',
    );
  }
  const made = new ConnectionManager(options);
  state.manager = made;
  return made;
}
