import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { ConnectionManager } from '@map/connections';
import { closeLogging, getLogger, setupLogging } from '@map/logger';
import { getMetricsManager, type MetricsServer } from '@map/metrics';
import { getSettings, type Settings } from '@map/settings';
import { logger } from './app-logger.ts';
import { checkOptions } from './check-options.ts';
import type { Config, InitializeOptions, SettingsSource, StepName } from './config.ts';
import { addConnectionChecks } from './connection-checks.ts';
import { HealthRegistry } from './health.ts';
import type { InFlight } from './in-flight.ts';
import { Lifecycle, type ShutdownReport } from './lifecycle.ts';
import { guardProcess } from './process-guard.ts';
import { collectSecrets, maskingOf } from './secrets.ts';
import { runSteps, type Step } from './step.ts';
import {
  exemplar,
  loggingOptions,
  measureConnections,
  prepareConnections,
  serveMetrics,
} from './wiring.ts';

const STEP_TIMEOUT_MS = 10_000;

/** What the steps leave for those after them. */
interface Parts<S, X> {
  settings?: S;
  connections?: ConnectionManager;
  metricsServer?: MetricsServer | undefined;
  extension?: X;
  lifecycle?: Lifecycle;
}

/** Who is told of what a configuration does. */
interface InitializeListeners {
  /** Is given the list of work under way, before any can begin. */
  readonly onInFlight: (inFlight: InFlight) => void;
  /** Hears of the end of a shutdown. */
  readonly onEnded: () => void;
}

/**
 * Does the start-up steps once, whatever this process already has.
 *
 * @param options As for `initializeConfig`.
 * @param listeners Who is told what.
 */
export async function initialize<S extends Settings, X>(
  options: InitializeOptions<S, X>,
  { onInFlight, onEnded }: InitializeListeners,
): Promise<Config<S, X>> {
  checkOptions(options);
  const startedAt = performance.now();
  const parts: Parts<S, X> = {};
  const metrics = getMetricsManager();
  const health = new HealthRegistry();
  health.setNotReady('starting');
  const log = getLogger('map.config');

  // A part is there once its step is done, and nobody asks before.
  const part = <K extends keyof Parts<S, X>>(name: K) => parts[name] as NonNullable<Parts<S, X>[K]>;
  const step = (name: StepName, run: Step['run']): Step => ({
    name,
    timeoutMs: options.stepTimeoutsMs?.[name] ?? STEP_TIMEOUT_MS,
    run,
  });

  const load = loaderOf(options.settings);
  let stopMeasuring = () => {};
  // Signals reach the main thread alone.
  const guarded = options.signals !== false && isMainThread;

  const ready = () => {
    addConnectionChecks(part('connections'), health, part('settings'));
    return health.ready();
  };

  const loggingStep = step('bootstrap logging', () => {
    setupLogging();
    return () => closeLogging();
  });

  const makeLifecycle = (settings: S) =>
    new Lifecycle({
      timeoutMs: options.shutdownTimeoutMs ?? settings.SHUTDOWN_TIMEOUT,
      delayMs: options.shutdownDelayMs ?? 0,
      onBegin: (reason) => {
        health.setNotReady('shutting down');
        log.info('Shutdown begins', { reason });
      },
      endings: [
        {
          name: 'connections',
          share: 0.25,
          // Closed by force a little early, rather than left open.
          run: (_signal, timeoutMs) =>
            parts.connections?.closeAllConnections({ timeoutMs: Math.floor(timeoutMs * 0.9) }),
        },
        { name: 'metrics server', share: 0.1, run: () => parts.metricsServer?.stop() },
        {
          name: 'logs',
          share: 0.15,
          run: (_signal, timeoutMs) => {
            log.info('Shutdown ends');
            return closeLogging({ timeoutMs: Math.floor(timeoutMs * 0.9) });
          },
        },
      ],
    });

  const settingsStep = step('settings', () => {
    parts.settings = load();
    const forget = () => load.cacheClear?.();
    try {
      parts.lifecycle = makeLifecycle(part('settings'));
    } catch (error) {
      forget();
      throw error;
    }
    onInFlight(parts.lifecycle.inFlight);
    return forget;
  });

  const fullLoggingStep = step('logging', () => {
    const settings = part('settings');
    const secrets = collectSecrets(settings);
    health.mask = maskingOf(secrets);
    setupLogging({
      ...loggingOptions(settings, secrets),
      // The guard logs what nobody caught, before it shuts down.
      uncaught: !guarded,
      ...options.logging,
    });
    return undefined;
  });

  const connectionsStep = step('connections', () => {
    const connections = prepareConnections(part('settings'), metrics, log);
    parts.connections = connections;
    return () => connections.closeAllConnections();
  });

  const metricsStep = step('metrics', async () => {
    const { METRICS_ENABLED, METRICS_PREFIX, APP_VERSION } = part('settings');
    metrics.configure({
      enabled: METRICS_ENABLED,
      prefix: METRICS_PREFIX,
      version: APP_VERSION,
      exemplar,
    });
    if (METRICS_ENABLED && options.metricsServer !== false) {
      parts.metricsServer = await serveMetrics(
        part('settings'),
        { live: () => health.live(), ready },
        log,
      );
    }
    stopMeasuring = measureConnections(part('connections'), metrics);
    return async () => {
      stopMeasuring();
      await part('lifecycle').endHooks();
      await parts.metricsServer?.stop();
    };
  });

  const { extend } = options;
  const extendStep = step('extend', async () => {
    if (extend === undefined) return undefined;
    parts.extension = await extend({
      settings: part('settings'),
      logger,
      connections: part('connections'),
      metrics,
      addHealthCheck: (name, check, checkOptions) => health.register(name, check, checkOptions),
      onShutdown: (name, close, phase) => part('lifecycle').onShutdown(name, close, phase),
    });
    return undefined;
  });

  const { reports } = await runSteps(
    [
      loggingStep,
      settingsStep,
      fullLoggingStep,
      connectionsStep,
      metricsStep,
      ...(extend === undefined ? [] : [extendStep]),
    ],
    {
      onStep: ({ name, durationMs }) =>
        log.debug('Start-up step done', { step: name, duration_ms: round(durationMs) }),
      onFailure: (error) => log.critical(error),
    },
  );

  const lifecycle = part('lifecycle');
  let ended: Promise<ShutdownReport> | undefined;
  const shutdown = (reason = 'call'): Promise<ShutdownReport> => {
    ended ??= lifecycle.shutdown(reason).then((unmasked) => {
      const report = maskErrors(unmasked, health.mask);
      unguard();
      stopMeasuring();
      load.cacheClear?.();
      onEnded();
      if (!report.ok) {
        process.exitCode = 1;
        complain(report);
      }
      return report;
    });
    return ended;
  };
  const unguard = guarded ? guardProcess({ lifecycle, log, shutdown }) : () => undefined;

  health.setNotReady(undefined);
  const { APP_NAME, APP_VERSION, ENVIRONMENT } = part('settings');
  log.info('Configuration initialized', {
    app_name: APP_NAME,
    app_version: APP_VERSION,
    environment: ENVIRONMENT,
    duration_ms: round(performance.now() - startedAt),
    steps_ms: Object.fromEntries(reports.map((each) => [each.name, round(each.durationMs)])),
  });

  return {
    settings: part('settings'),
    logger,
    connections: part('connections'),
    metrics,
    metricsServer: parts.metricsServer,
    extension: parts.extension as X,
    steps: reports,
    get ending() {
      return lifecycle.ending;
    },
    health: ready,
    addHealthCheck: (name, check, checkOptions) => health.register(name, check, checkOptions),
    onShutdown: (name, close, phase) => lifecycle.onShutdown(name, close, phase),
    shutdown,
    [Symbol.asyncDispose]: async () => {
      await shutdown();
    },
  };
}

function maskErrors(report: ShutdownReport, mask: (text: string) => string): ShutdownReport {
  const endings = report.endings.map((ending) =>
    ending.error === undefined ? ending : { ...ending, error: mask(ending.error) },
  );
  return { ...report, endings };
}

/** The function that loads the settings, with the control of its cache where it has one. */
function loaderOf<S extends Settings>(
  source: SettingsSource<S> | undefined,
): (() => S) & { readonly cacheClear?: () => void } {
  if (source === undefined) return getSettings as unknown as ReturnType<typeof loaderOf<S>>;
  return typeof source === 'function' ? source : source.getSettings;
}

/** The logs are closed by now, so this goes straight to the process's own error output. */
function complain({ reason, endings, notEnded }: ShutdownReport): void {
  const errors = endings.filter(({ error }) => error).map(({ name, error }) => `${name}: ${error}`);
  try {
    writeSync(2, `Shutdown (${reason}) did not end ${notEnded.join(', ')}. ${errors.join(' ')}\n`);
  } catch {
    // Nobody listens there any more.
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
