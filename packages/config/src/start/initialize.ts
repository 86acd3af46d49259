import { isMainThread } from 'node:worker_threads';
import type { Lifecycle } from '@map/lifecycle';
import type { Settings } from '@map/settings';
import { roundMs } from '../support/log.ts';
import { logger } from '../wiring/app-logger.ts';
import { Providers } from '../wiring/providers.ts';
import { WarmUp } from '../wiring/warm-up.ts';
import { Bootstrap } from './bootstrap.ts';
import type { Config, InitializeOptions } from './config.ts';
import { exitQuietly } from './shown-failure.ts';

/** Notifications about a configuration. */
export interface InitializeListeners {
  /** Receives the lifecycle before any work can begin. */
  readonly onLifecycle: (lifecycle: Lifecycle) => void;
  /** Called once a shutdown has ended, or the start-up has failed. */
  readonly onEnded: () => void;
}

/**
 * Runs the start-up once, without a check for a running configuration.
 *
 * @param options As for `initializeConfig`.
 * @param listeners The notifications.
 */
export async function initialize<S extends Settings, X>(
  options: InitializeOptions<S, X>,
  { onLifecycle, onEnded }: InitializeListeners,
): Promise<Config<S, X>> {
  const startedAt = performance.now();
  // Signals reach the main thread alone.
  const guarded = options.signals !== false && isMainThread;
  const bootstrap = new Bootstrap(options, guarded);
  const { lifecycle, log } = bootstrap;
  onLifecycle(lifecycle);
  const stopHandling = guarded ? lifecycle.handleSignals() : () => undefined;
  lifecycle.ended.then(() => {
    stopHandling();
    bootstrap.release();
    onEnded();
  });
  const { warmUp = false } = options;
  const warming = warmUp === false ? undefined : new WarmUp(warmUp, lifecycle, log);
  const steps = await lifecycle.start(bootstrap.steps()).catch((error: unknown) => {
    if (bootstrap.logsAreShown && error === lifecycle.startError) exitQuietly(error);
    throw error;
  });
  bootstrap.registerEndings();

  const providers = new Providers(bootstrap.settings, bootstrap.connections);
  const { APP_NAME, APP_VERSION, ENVIRONMENT } = bootstrap.settings;
  log.info('Configuration initialized', {
    app_name: APP_NAME,
    app_version: APP_VERSION,
    environment: ENVIRONMENT,
    duration_ms: roundMs(performance.now() - startedAt),
    steps_ms: Object.fromEntries(steps.map((each) => [each.name, roundMs(each.durationMs)])),
  });
  void warming?.run(bootstrap);
  return {
    settings: bootstrap.settings,
    logger,
    connections: bootstrap.connections,
    metrics: bootstrap.metrics,
    provider: (name) => providers.options(name),
    metricsServer: bootstrap.metricsServer,
    extension: bootstrap.extension,
    steps,
    get ending() {
      return lifecycle.draining.aborted;
    },
    draining: lifecycle.draining,
    health: () => bootstrap.ready(),
    addHealthCheck: (name, check, checkOptions) =>
      lifecycle.health.register(name, check, checkOptions),
    onShutdown: (name, hook, phase) => lifecycle.onShutdown(name, hook, phase),
    shutdown: (reason) => lifecycle.shutdown(reason),
    [Symbol.asyncDispose]: () => lifecycle[Symbol.asyncDispose](),
  };
}
