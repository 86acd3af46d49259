import type { ConnectionManager } from '@map/connections';
import type {
  HealthCheck,
  HealthCheckOptions,
  HealthReport,
  ShutdownHook,
  ShutdownPhase,
  ShutdownReport,
  StepReport,
} from '@map/lifecycle';
import type { LoggingOptions } from '@map/logger';
import type { MetricsManager, MetricsServer } from '@map/metrics';
import type { RedactionPolicy } from '@map/redaction';
import type { Settings } from '@map/settings';
import type { AppLogger } from '../wiring/app-logger.ts';
import type { MetricsServerAccess } from '../wiring/metrics-server.ts';
import type { ProviderOptions } from '../wiring/providers.ts';
import type { WarmUpPart } from '../wiring/warm-up.ts';

/** Names of the start-up steps in their order; `extend` only with the option of that name. */
export type StepName =
  | 'bootstrap logging'
  | 'settings'
  | 'logging'
  | 'connections'
  | 'metrics'
  | 'extend';

/** The argument of the function `extend`. */
export interface ExtendContext<S extends Settings = Settings> {
  /** The settings, including your own. */
  readonly settings: S;
  /** The root logger. */
  readonly logger: AppLogger;
  /** The connections; `register` adds your own. */
  readonly connections: ConnectionManager;
  /** The metrics; `define…` adds your own. */
  readonly metrics: MetricsManager;
  /** Adds a health check. */
  readonly addHealthCheck: Config['addHealthCheck'];
  /** Registers a hook that a shutdown or a failing start-up runs. */
  readonly onShutdown: Config['onShutdown'];
}

/** Options of `initializeConfig`; everything has a default. */
export interface InitializeOptions<S extends Settings = Settings, X = undefined> {
  /** Your own settings: the result of `defineSettings`, or a function; the stock settings by default. */
  readonly settings?: SettingsSource<S>;
  /** Creates your own metrics, connections and errors; its result is `config.extension`. */
  readonly extend?: (context: ExtendContext<S>) => X | Promise<X>;
  /** A redaction policy in addition to the secrets of the settings, for all output of these packages. */
  readonly redact?: RedactionPolicy;
  /** Logging options that take precedence over the settings. */
  readonly logging?: LoggingOptions;
  /**
   * The metrics and health server: `false` starts none, an object sets its access and sources; by
   * default it listens on `METRICS_PORT`. It serves health if metrics are disabled, too.
   */
  readonly metricsServer?: boolean | MetricsServerAccess;
  /**
   * Libraries to load in the background after the start, not on first use: `true` for all,
   * or a list. Readiness waits for it. A Redis is opened as well.
   */
  readonly warmUp?: boolean | readonly WarmUpPart[];
  /** Whether signals and uncaught errors shut the process down; true by default. */
  readonly signals?: boolean;
  /** How long requests are still served after readiness has failed, in milliseconds; 0 by default. */
  readonly shutdownDelayMs?: number;
  /** Limit of the whole shutdown in milliseconds; `SHUTDOWN_TIMEOUT` of the settings by default. */
  readonly shutdownTimeoutMs?: number;
  /** Limits of single start-up steps in milliseconds; 10,000 each by default. */
  readonly stepTimeoutsMs?: Partial<Readonly<Record<StepName, number>>>;
}

/** The source of settings: what `defineSettings` returns, or a function that loads them. */
export type SettingsSource<S> = (() => S) | { readonly getSettings: () => S };

/** Everything, started and wired. */
export interface Config<S extends Settings = Settings, X = unknown> {
  /** The settings, frozen. */
  readonly settings: S;
  /** The root logger together with the functions of `@map/logger`. */
  readonly logger: AppLogger;
  /** The connections; each opens on first use. */
  readonly connections: ConnectionManager;
  /** The metrics. */
  readonly metrics: MetricsManager;
  /**
   * Returns the client options of a model SDK, from `LLM_PROVIDERS_CONFIG`:
   * `new OpenAI(config.provider('openai'))`. The key is revealed here.
   * @throws `CONFIG_MISSING_3001` for a provider that is unknown, disabled or has no key.
   */
  provider(name: string): ProviderOptions;
  /** The metrics and health server, if it is running. */
  readonly metricsServer: MetricsServer | undefined;
  /** The result of `extend`. */
  readonly extension: X;
  /** The start-up steps with their durations. */
  readonly steps: readonly StepReport[];
  /** Whether a shutdown has begun. */
  readonly ending: boolean;
  /** Aborted when a shutdown begins: the notification for streams, polling loops and consumers. */
  readonly draining: AbortSignal;
  /** Runs the readiness checks; never rejects. */
  health(): Promise<HealthReport>;
  /**
   * Adds a check to readiness.
   * @returns A function that removes it.
   * @throws `CONFIG_INVALID_3002` for a name that is taken or a limit out of range.
   */
  addHealthCheck(name: string, check: HealthCheck, options?: HealthCheckOptions): () => void;
  /**
   * Registers a hook that the shutdown runs; within a phase, the last registered runs first.
   * @returns A function that removes the hook.
   * @throws `CLIENT_CLOSED_9007` once a shutdown has begun.
   */
  onShutdown(name: string, close: ShutdownHook, phase?: ShutdownPhase): () => void;
  /** Ends everything in order, once; never rejects, the report names what did not end. */
  shutdown(reason?: string): Promise<ShutdownReport>;
  /** The same as `shutdown()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
