import {
  checkFlag,
  checkFunction,
  checkNames,
  checkObject,
  checkPositive,
  optionError,
} from '@map/errors/kernel';
import { optionNames } from '@map/redaction/kernel';
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

/** The owner of the options in messages. */
const OF = 'initializeConfig()';

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
  checkNames(OF, options, OPTIONS);
  const { settings, extend, signals = true, stepTimeoutsMs = {}, warmUp = false } = options;
  const getSettings = (settings as { getSettings?: unknown } | null | undefined)?.getSettings;
  if (
    settings !== undefined &&
    typeof settings !== 'function' &&
    typeof getSettings !== 'function'
  ) {
    const expected = 'the result of defineSettings(), or a function';
    throw optionError('settings', expected, settings, { of: OF });
  }
  if (extend !== undefined) checkFunction('extend', extend, OF);
  checkFlag('signals', signals, OF);
  const parts: readonly unknown[] = WARM_UP_PARTS;
  const isList = Array.isArray(warmUp) && warmUp.every((part) => parts.includes(part));
  if (typeof warmUp !== 'boolean' && !isList) {
    const expected = `true, false or a list of ${parts.join(', ')}`;
    const wrong = Array.isArray(warmUp) ? warmUp.find((part) => !parts.includes(part)) : warmUp;
    throw optionError('warmUp', expected, wrong, { of: OF, isChoice: true });
  }
  checkObject('stepTimeoutsMs', stepTimeoutsMs, OF);
  checkNames('stepTimeoutsMs', stepTimeoutsMs, STEPS);
  for (const [step, limit] of Object.entries(stepTimeoutsMs as object)) {
    if (limit === undefined) continue;
    checkPositive(`stepTimeoutsMs["${step}"]`, 'a number of milliseconds above 0', limit, OF);
  }
  checkServer(options.metricsServer ?? true);
}

function checkServer(server: unknown): void {
  if (typeof server === 'boolean') return;
  if (typeof server !== 'object' || server === null) {
    throw optionError('metricsServer', 'true, false or an object', server, { of: OF });
  }
  checkNames('metricsServer', server, SERVER_OPTIONS);
  const { statusPage = {} } = server as MetricsServerAccess;
  checkObject('metricsServer.statusPage', statusPage, OF);
  checkNames('metricsServer.statusPage', statusPage, PAGE_OPTIONS);
  checkFlag('metricsServer.statusPage.settings', statusPage.settings, OF);
}
