export type { LoggerLike } from '@map/errors';
export type { SecretLike } from '@map/redaction';
export type { CloseCounts, ConnectionStats } from './core/connection.ts';
export type { OpenContext, ResourceDriver } from './core/driver.ts';
export type {
  CircuitEvent,
  CloseEvent,
  CloseReason,
  ConnectionEvent,
  ConnectionKind,
  ConnectionObserver,
  ErrorEvent,
  LeakEvent,
  OpenEvent,
  OperationEvent,
  RetryEvent,
  WaitEvent,
} from './core/observer.ts';
export type { Bounds } from './core/scope.ts';
export type { FetchOrigin } from './fetch/errors/errors.ts';
export type { EgressOptions } from './fetch/guard/egress-guard.ts';
export type { FetchInit, FetchLimits, ManagedFetch } from './fetch/request/limits.ts';
export type { CircuitOptions } from './fetch/retry/circuits.ts';
export type { FetchOptions } from './fetch/settings.ts';
export type { HttpClient } from './http/client.ts';
export type { HttpOptions, ProxyByScheme } from './http/settings.ts';
export type { ConnectionHealth, HealthReport, HealthStatus } from './manager/health.ts';
export { ConnectionManager } from './manager/manager.ts';
export type {
  ConnectionManagerOptions,
  SubscribeOptions,
  UseOptions,
  WarmClient,
} from './manager/options.ts';
export { getConnectionManager } from './manager/singleton.ts';
export type { CloseReport } from './manager/slots.ts';
export type {
  ConnectionType,
  RegisteredConnection,
  RegisteredUse,
  UseWork,
} from './pool/custom-connection.ts';
export type { Lease } from './pool/lease.ts';
export type { PoolOptions } from './pool/settings.ts';
export type { UseContext } from './pool/use-context.ts';
export type { RedisClient } from './redis/client.ts';
export type { Address, RedisOptions, SentinelOptions, TlsOptions } from './redis/settings.ts';
export type { BufferListener, MessageListener, Subscription } from './redis/subscriber.ts';
export { type RedisTarget, redisTarget } from './redis/target.ts';
