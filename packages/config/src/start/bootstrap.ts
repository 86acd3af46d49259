import type { ConnectionManager } from '@map/connections';
import { ConfigurationError, convertException, ErrorCode } from '@map/errors';
import { optionError } from '@map/errors/kernel';
import { createLifecycle, type HealthReport, type Lifecycle, type Step } from '@map/lifecycle';
import {
  closeLogging,
  getLogger,
  LoggingOptionError,
  setupLogging,
  type TraceLogger,
} from '@map/logger';
import {
  getMetricsManager,
  MetricsError,
  type MetricsManager,
  type MetricsServer,
} from '@map/metrics';
import { type RedactionPolicy, registerSecrets, setRedaction } from '@map/redaction';
import { valueAtOnce } from '@map/redaction/kernel';
import { getSettings, type Settings, secretTexts } from '@map/settings';
import { logger } from '../wiring/app-logger.ts';
import { addConnectionChecks } from '../wiring/connection-checks.ts';
import { measureConnections, prepareConnections } from '../wiring/connections.ts';
import { chosenFormat, loggingOptions } from '../wiring/logging-options.ts';
import { exemplar, serveMetrics } from '../wiring/metrics-server.ts';
import { flushTelemetry } from '../wiring/telemetry.ts';
import { currentWork } from '../work/current-work.ts';
import type { InitializeOptions, StepName } from './config.ts';

/** Leaves a tenth of the time of a hook to what follows the inner limit. */
const INNER_LIMIT = 0.9;

/**
 * The start-up of one configuration: a method per step, each of which leaves a part for those after
 * it. What a step returns reverts it if a later step fails.
 */
export class Bootstrap<S extends Settings, X> {
  readonly log: TraceLogger = getLogger('map.config');
  readonly lifecycle: Lifecycle = createLifecycle({ logger: this.log });
  readonly metrics: MetricsManager = getMetricsManager();
  readonly #options: InitializeOptions<S, X>;
  readonly #guarded: boolean;
  #settings: S | undefined;
  #connections: ConnectionManager | undefined;
  #metricsServer: MetricsServer | undefined;
  readonly #undos: (() => void)[] = [];
  #extension: X | undefined;
  #logsAreShown = true;

  /**
   * @param options As for `initializeConfig`.
   * @param guarded Whether the lifecycle handles uncaught errors, so that the logger must not.
   */
  constructor(options: InitializeOptions<S, X>, guarded: boolean) {
    this.#options = options;
    this.#guarded = guarded;
  }

  get settings(): S {
    return this.#settings as S;
  }

  get connections(): ConnectionManager {
    return this.#connections as ConnectionManager;
  }

  get metricsServer(): MetricsServer | undefined {
    return this.#metricsServer;
  }

  get extension(): X {
    return this.#extension as X;
  }

  /** Whether a terminal shows the log line of a failed start. */
  get logsAreShown(): boolean {
    return this.#logsAreShown;
  }

  /** The steps in the documented order. */
  steps(): readonly Step[] {
    const step = (name: StepName, run: () => unknown): Step => {
      const timeoutMs = this.#options.stepTimeoutsMs?.[name];
      return {
        name,
        run: () => withOwnErrors(run),
        ...(timeoutMs !== undefined && { timeoutMs }),
      };
    };
    return [
      step('bootstrap logging', () => this.#startBootstrapLogging()),
      step('settings', () => this.#loadSettings()),
      step('logging', () => this.#startLogging()),
      step('connections', () => this.#prepareConnections()),
      step('metrics', () => this.#startMetrics()),
      ...(this.#options.extend === undefined ? [] : [step('extend', () => this.#extend())]),
    ];
  }

  /** Registers the steps of the shutdown after the application's hooks, first to last. */
  registerEndings(): void {
    const { lifecycle } = this;
    const inner = (timeoutMs: number) => ({ timeoutMs: Math.floor(timeoutMs * INNER_LIMIT) });
    // The last registered ends first.
    lifecycle.onShutdown('logs', (_signal, timeoutMs) => closeLogging(inner(timeoutMs)), 'finish');
    const endTelemetry = (timeoutMs: number) => {
      // The last line that a log provider gets.
      this.log.info('Shutdown ends');
      return flushTelemetry(inner(timeoutMs).timeoutMs, this.log);
    };
    lifecycle.onShutdown('telemetry', (_signal, timeoutMs) => endTelemetry(timeoutMs), 'finish');
    lifecycle.onShutdown('metrics server', () => this.#metricsServer?.stop(), 'finish');
    lifecycle.onShutdown(
      'connections',
      (_signal, timeoutMs) => this.connections.closeAllConnections(inner(timeoutMs)),
      'finish',
    );
  }

  /** Releases resources without a time limit, once everything else has ended. */
  release(): void {
    for (const undo of this.#undos.splice(0).reverse()) undo();
  }

  /** Runs the readiness checks, including one for each connection that exists by now. */
  ready(): Promise<HealthReport> {
    const { health } = this.lifecycle;
    if (this.#connections !== undefined) {
      addConnectionChecks(this.#connections, health, this.settings);
    }
    return health.ready();
  }

  #startBootstrapLogging() {
    const { redact } = this.#options;
    if (redact !== undefined) this.#undos.push(setPolicy(redact));
    setupLogging({ uncaught: !this.#guarded });
    return () => closeLogging();
  }

  #loadSettings() {
    const { settings: source = getSettings, shutdownTimeoutMs, shutdownDelayMs } = this.#options;
    const load = (typeof source === 'function' ? source : source.getSettings) as () => S;
    try {
      const loaded = load();
      this.#settings = valueAtOnce(loaded);
      if (this.#settings === undefined) {
        const expected =
          'the result of defineSettings(), or a function that returns settings at once';
        throw optionError('settings', expected, loaded, { of: 'initializeConfig()' });
      }
    } catch (error) {
      this.#useChosenFormat();
      throw error;
    }
    const forgetSecrets = registerSecrets(secretTexts(this.settings));
    const forget = () => {
      forgetSecrets();
      // The next start loads the settings again.
      (load as { cacheClear?: () => void }).cacheClear?.();
    };
    this.#undos.push(forget);
    this.lifecycle.limitShutdown({
      shutdownTimeoutMs: shutdownTimeoutMs ?? this.settings.SHUTDOWN_TIMEOUT,
      ...(shutdownDelayMs !== undefined && { shutdownDelayMs }),
    });
    return forget;
  }

  /** Sets the log format of the failure of the settings, if that setting can be read. */
  #useChosenFormat() {
    const { settings, logging } = this.#options;
    try {
      const format = logging?.format ?? chosenFormat(settings);
      setupLogging({ uncaught: !this.#guarded, format });
    } catch {
      // The failure itself says what is wrong.
    }
  }

  #startLogging() {
    const { logging } = this.#options;
    setupLogging({
      ...loggingOptions(this.settings),
      uncaught: !this.#guarded,
      ...logging,
    });
    this.#logsAreShown = logging?.console !== false && this.log.isLevelEnabled('CRITICAL');
  }

  #prepareConnections() {
    const connections = prepareConnections(this.settings, this.metrics, this.log);
    this.#connections = connections;
    return () => connections.closeAllConnections();
  }

  async #startMetrics() {
    const { METRICS_ENABLED, METRICS_PREFIX, APP_VERSION } = this.settings;
    // Options that the application has already configured are kept.
    const { callbacks } = this.metrics;
    this.metrics.configure({
      enabled: METRICS_ENABLED,
      prefix: METRICS_PREFIX,
      version: APP_VERSION,
      exemplar: callbacks.exemplar ?? exemplar,
      attribution: callbacks.attribution ?? (() => currentWork()?.attribution),
      signal: callbacks.signal ?? (() => currentWork()?.signal),
      errorType:
        callbacks.errorType ?? ((error) => convertException(error, { origin: 'llm' }).code),
    });
    const { metricsServer = true } = this.#options;
    if (metricsServer !== false) {
      const access = metricsServer === true ? {} : metricsServer;
      const health = { live: () => this.lifecycle.health.live(), ready: () => this.ready() };
      this.#metricsServer = await serveMetrics(
        this.settings,
        this.#options.settings,
        access,
        health,
        this.log,
      );
    }
    this.#undos.push(measureConnections(this.connections, this.metrics));
    return () => this.#metricsServer?.stop();
  }

  async #extend() {
    const { lifecycle } = this;
    this.#extension = await this.#options.extend?.({
      settings: this.settings,
      logger,
      connections: this.connections,
      metrics: this.metrics,
      addHealthCheck: (name, check, options) => lifecycle.health.register(name, check, options),
      onShutdown: (name, hook, phase) => lifecycle.onShutdown(name, hook, phase),
    });
  }
}

/** Sets the policy; its errors get a code, and never hold a value. */
function setPolicy(redact: RedactionPolicy): () => void {
  try {
    return setRedaction(redact);
  } catch (error) {
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: `\`redact\` cannot be used: ${(error as Error).message}`,
      details: { option: 'redact' },
    });
  }
}

/** Gives the option errors of packages that know no codes one: their messages hold no values. */
async function withOwnErrors(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof MetricsError || error instanceof LoggingOptionError)) throw error;
    const { message } = error;
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message,
      originalError: error,
    });
  }
}
