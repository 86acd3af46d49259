import type { ConnectionManager } from '@map/connections';
import type { LoggingOptions } from '@map/logger';
import type { MetricsManager, MetricsServer } from '@map/metrics';
import type { Settings } from '@map/settings';
import type { AppLogger } from './app-logger.ts';
import type { HealthCheck, HealthCheckOptions, HealthReport } from './health.ts';
import type { ShutdownHook, ShutdownPhase, ShutdownReport } from './lifecycle.ts';
import type { StepReport } from './step.ts';

/** Names of the start-up steps in their order; `extend` only with the option of that name. */
export type StepName =
  | 'bootstrap logging'
  | 'settings'
  | 'logging'
  | 'connections'
  | 'metrics'
  | 'extend';

/** What the function `extend` is given. */
export interface ExtendContext<S extends Settings = Settings> {
  /** The settings, your own among them. */
  readonly settings: S;
  /** The root logger. */
  readonly logger: AppLogger;
  /** For `register`: connections of your own. */
  readonly connections: ConnectionManager;
  /** For `define…`: metrics of your own. */
  readonly metrics: MetricsManager;
  /** Adds a health check. */
  readonly addHealthCheck: Config['addHealthCheck'];
  /** Adds something that a shutdown, or a failing start-up, ends. */
  readonly onShutdown: Config['onShutdown'];
}

/** How `initializeConfig` goes about it; everything has a default. */
export interface InitializeOptions<S extends Settings = Settings, X = undefined> {
  /** Your own settings, made with `defineSettings`, or a function; the stock ones when left out. */
  readonly settings?: SettingsSource<S>;
  /** Makes your own metrics, connections and errors; what it gives is `config.extension`. */
  readonly extend?: (context: ExtendContext<S>) => X | Promise<X>;
  /** Logging options that win over those from the settings. */
  readonly logging?: LoggingOptions;
  /** Whether the metrics server is started when metrics are enabled; true when left out. */
  readonly metricsServer?: boolean;
  /** Whether SIGTERM, SIGINT and uncaught errors shut the process down; true when left out. */
  readonly signals?: boolean;
  /** Time after readiness has gone false in which traffic is still served, in ms; 0 when left out. */
  readonly shutdownDelayMs?: number;
  /** Limit of the whole shutdown in ms; `SHUTDOWN_TIMEOUT` of the settings when left out. */
  readonly shutdownTimeoutMs?: number;
  /** Limits of single start-up steps in ms; 10,000 each when left out. */
  readonly stepTimeoutsMs?: Partial<Readonly<Record<StepName, number>>>;
}

/** Where settings come from: what `defineSettings` returns, or a function that loads them. */
export type SettingsSource<S> = (() => S) | { readonly getSettings: () => S };

/** Everything, started and wired. */
export interface Config<S extends Settings = Settings, X = undefined> {
  /** The settings, frozen. */
  readonly settings: S;
  /** The root logger, with the functions that make others. */
  readonly logger: AppLogger;
  /** The connections; each opens on first use. */
  readonly connections: ConnectionManager;
  /** The metrics. */
  readonly metrics: MetricsManager;
  /** The metrics and health server, when it runs. */
  readonly metricsServer: MetricsServer | undefined;
  /** What `extend` gave. */
  readonly extension: X;
  /** The start-up steps with their times. */
  readonly steps: readonly StepReport[];
  /** Whether a shutdown has begun. */
  readonly ending: boolean;
  /** Runs the readiness checks; never rejects. */
  health(): Promise<HealthReport>;
  /**
   * Adds a check to readiness.
   * @returns Removes it.
   * @throws `CONFIG_INVALID_3002` for a name that is taken or a limit out of range.
   */
  addHealthCheck(name: string, check: HealthCheck, options?: HealthCheckOptions): () => void;
  /**
   * Has something ended at shutdown; the last one registered ends first.
   * @returns Takes it back.
   * @throws `CLIENT_CLOSED_9007` when the shutdown has begun.
   */
  onShutdown(name: string, close: ShutdownHook, phase?: ShutdownPhase): () => void;
  /** Ends everything in order, once; never rejects, the report says what did not end. */
  shutdown(reason?: string): Promise<ShutdownReport>;
  /** The same as `shutdown()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
