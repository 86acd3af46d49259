import { ConfigurationError, ErrorCode } from '@map/errors';
import { optionNames } from '@map/redaction/kernel';
import { checkNames } from '../support/check-names.ts';
import type { MetricsServerAccess } from '../wiring/metrics-server.ts';
import type { StatusPageAccess } from '../wiring/status-page.ts';
import { WARM_UP_PARTS } from '../wiring/warm-up.ts';
import type { InitializeOptions, StepName } from './config.ts';

const OPTIONS = optionNames<InitializeOptions>({
  settings: true,
  extend: true,
  redact: true,
  logging: true,
  metricsServer: true,
  warmUp: true,
  signals: true,
  shutdownDelayMs: true,
  shutdownTimeoutMs: true,
  stepTimeoutsMs: true,
});

const SERVER_OPTIONS = optionNames<MetricsServerAccess>({
  auth: true,
  tls: true,
  registries: true,
  source: true,
  processMetrics: true,
  statusPage: true,
});

const PAGE_OPTIONS = optionNames<StatusPageAccess>({ settings: true, errorUrl: true });

const STEPS = optionNames<Record<StepName, unknown>>({
  'bootstrap logging': true,
  settings: true,
  logging: true,
  connections: true,
  metrics: true,
  extend: true,
});

/**
 * Checks the options that only a caller without types can get wrong.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function checkOptions(
  options: {
    readonly [K in keyof InitializeOptions]?: unknown;
  },
): void {
  checkNames('initializeConfig()', options, OPTIONS);
  const { settings, extend, signals = true, stepTimeoutsMs = {}, warmUp = false } = options;
  const getSettings = (settings as { getSettings?: unknown } | null | undefined)?.getSettings;
  if (settings !== undefined && ![settings, getSettings].some(isFunction)) {
    throw invalid('settings', 'the result of defineSettings(), or a function', settings);
  }
  if (extend !== undefined && !isFunction(extend)) throw invalid('extend', 'a function', extend);
  if (typeof signals !== 'boolean') throw invalid('signals', 'true or false', signals);
  const parts: readonly unknown[] = WARM_UP_PARTS;
  const isList = Array.isArray(warmUp) && warmUp.every((part) => parts.includes(part));
  if (typeof warmUp !== 'boolean' && !isList) {
    throw invalid('warmUp', `true, false or a list of ${parts.join(', ')}`, warmUp);
  }
  if (!isObject(stepTimeoutsMs)) throw invalid('stepTimeoutsMs', 'an object', stepTimeoutsMs);
  checkNames('stepTimeoutsMs', stepTimeoutsMs, STEPS);
  for (const [step, limit] of Object.entries(stepTimeoutsMs)) {
    if (limit === undefined || (typeof limit === 'number' && limit > 0)) continue;
    throw invalid(`stepTimeoutsMs["${step}"]`, 'a number of milliseconds above 0', limit);
  }
  checkServer(options.metricsServer ?? true);
}

function checkServer(server: unknown): void {
  if (typeof server === 'boolean') return;
  if (!isObject(server)) throw invalid('metricsServer', 'true, false or an object', server);
  checkNames('metricsServer', server, SERVER_OPTIONS);
  const { statusPage = {} } = server as MetricsServerAccess;
  if (!isObject(statusPage)) throw invalid('metricsServer.statusPage', 'an object', statusPage);
  checkNames('metricsServer.statusPage', statusPage, PAGE_OPTIONS);
}

/** Makes the error of options that are not an object. */
export function notAnObject(options: unknown): ConfigurationError {
  return invalid('options', 'an object', options);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function invalid(option: string, expected: string, got: unknown): ConfigurationError {
  const shown =
    typeof got === 'number' || got === null ? String(got) : `a value of type ${typeof got}`;
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`${option}\` of initializeConfig() must be ${expected}, got ${shown}.`,
    details: { option },
  });
}
