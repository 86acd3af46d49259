import type { LoggerLike } from '@map/errors';
import { checkMethods, checkOptions } from '../core/check-options.ts';
import type { ConnectionObserver } from '../core/observer.ts';
import type { Bounds } from '../core/scope.ts';
import type { HttpOptions } from '../http/settings.ts';
import type { RedisOptions } from '../redis/settings.ts';

/** Options of a manager. */
export interface ConnectionManagerOptions {
  /** The Redis named `redis`; by default that of the environment variable `REDIS_URL`. */
  readonly redis?: RedisOptions;
  /** The HTTP client named `http`. */
  readonly http?: HttpOptions;
  /** Receives every operation, wait, open, close, error and leak. */
  readonly observer?: ConnectionObserver;
  /** Receives the warning about a lease that is not released. */
  readonly logger?: LoggerLike;
  /** Makes the trace headers of outgoing HTTP requests. */
  readonly traceHeaders?: () => Record<string, string>;
}

/** Bounds of one use of a connection. */
export interface UseOptions extends Bounds {
  /** Name of the connection; `redis` or `http` by default. */
  readonly name?: string;
}

/** The clients that can be loaded before their first use. */
export type WarmClient = 'redis' | 'http' | 'fetch';

/** Which messages to listen to. */
export interface SubscribeOptions {
  /** Name of the Redis; `redis` by default. */
  readonly name?: string;
  /** Whether the channel is a pattern such as `news.*`; false by default. */
  readonly pattern?: boolean;
  /** Whether it is a sharded channel (`SSUBSCRIBE`, Redis 7 and later); false by default. */
  readonly sharded?: boolean;
  /** Whether messages and channels are passed on as Buffers; false by default. */
  readonly buffers?: boolean;
}

const managerOptions: ReadonlySet<string> = new Set([
  ...['redis', 'http', 'observer', 'logger', 'traceHeaders'],
]);

/** Names of the options of a use, for checks. */
export const useOptions: ReadonlySet<string> = new Set(['name', 'signal', 'timeoutMs']);

/** Names of the options of a registered use. */
export const registeredUseOptions: ReadonlySet<string> = new Set([
  ...['operation', 'signal', 'timeoutMs'],
]);

/** Names of the options of a subscription. */
export const subscribeOptions: ReadonlySet<string> = new Set([
  ...['name', 'pattern', 'sharded', 'buffers'],
]);

/** Names of the options of a health check. */
export const healthOptions: ReadonlySet<string> = new Set(['timeoutMs', 'open', 'name']);

/** Names of the options of a close. */
export const closeOptions: ReadonlySet<string> = new Set(['timeoutMs']);

const where = 'the connection manager';

/**
 * Checks the options of a manager, except for those of its connections.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function checkManagerOptions(options: ConnectionManagerOptions): void {
  checkOptions(where, options, managerOptions, { log: 'logger', url: 'redis: { url }' });
  const { logger, observer, traceHeaders } = options;
  if (observer !== undefined) checkMethods('`observer`', observer, ['observe']);
  if (logger !== undefined) checkMethods('`logger`', logger, ['warn']);
  if (traceHeaders !== undefined) checkMethods(where, options, ['traceHeaders']);
}
