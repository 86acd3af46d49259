export type { HttpClient } from './http-client.ts';
export type { HttpOptions, ProxyByScheme } from './http-settings.ts';
export type { Lease } from './lease.ts';
export type { CloseCounts, ConnectionHealth, ConnectionStats } from './managed.ts';
export {
  type CloseReport,
  ConnectionManager,
  type ConnectionManagerOptions,
  getConnectionManager,
  type HealthReport,
  type SubscribeOptions,
  type UseOptions,
} from './manager.ts';
export type {
  CloseEvent,
  CloseReason,
  ConnectionEvent,
  ConnectionKind,
  ConnectionObserver,
  ErrorEvent,
  LeakEvent,
  LoggerLike,
  OpenEvent,
  OperationEvent,
  WaitEvent,
} from './observer.ts';
export type { PoolOptions } from './pool-settings.ts';
export type { RedisClient } from './redis-driver.ts';
export type { SentinelOptions } from './redis-sentinel.ts';
export type { Address, RedisOptions, TlsOptions } from './redis-settings.ts';
export type { MessageListener, Subscription } from './redis-subscriber.ts';
export type { ConnectionType, RegisteredConnection, RegisteredUse } from './registered.ts';
export type { OpenContext, ResourceDriver } from './resource.ts';
export type { Bounds } from './scope.ts';
export type { SecretLike } from './secret.ts';
