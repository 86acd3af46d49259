import { optionNames } from '@map/redaction/kernel';
import {
  check,
  checkFlag,
  checkMethod,
  checkObject,
  checkOptions,
  checkTimeout,
} from '../common/check.ts';
import type { ScrapeSource } from '../exposition/content.ts';
import type { PromRegistry } from '../exposition/family.ts';
import type { MetricsManager } from '../manager/manager.ts';
import type { StatusPageOptions } from '../status-page/options.ts';
import type { MetricsAuth } from './auth.ts';
import type { HealthChecks, HealthSource } from './health.ts';

/** A key and a certificate in PEM. */
export interface MetricsTls {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
  /** Accepts only clients with a certificate signed by this authority. */
  readonly clientCa?: string | Uint8Array | undefined;
}

/** The address and the content of the metrics server. */
export interface MetricsServerOptions {
  /** The port, 0 for any free one; 9090 by default, which Prometheus itself also uses. */
  readonly port?: number | undefined;
  /** The address to bind; loopback by default. */
  readonly host?: string | undefined;
  /** The manager to show; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
  /** The checks of `/health`; without checks it reports that the process responds. */
  readonly health?: HealthChecks | HealthSource | undefined;
  /** The checks of `/ready`; those of `health` by default. */
  readonly ready?: HealthChecks | HealthSource | undefined;
  /** The credentials that `/metrics` and `/` require; none by default. */
  readonly auth?: MetricsAuth | undefined;
  /** Serves over TLS. */
  readonly tls?: MetricsTls | undefined;
  /** Further prom-client registries to show. */
  readonly registries?: readonly PromRegistry[] | undefined;
  /** Whether to show CPU, memory, event loop and garbage collection; true by default. */
  readonly processMetrics?: boolean | undefined;
  /** Adds the metrics of other workers: `gatherWorkers()` of `@map/metrics/workers`. */
  readonly source?: ScrapeSource | undefined;
  /** Further content of the status page. */
  readonly statusPage?: StatusPageOptions | undefined;
  /** Time limit of one response in milliseconds, slow readers included; 10,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const OPTIONS = optionNames<MetricsServerOptions>({
  port: true,
  host: true,
  manager: true,
  health: true,
  ready: true,
  auth: true,
  tls: true,
  registries: true,
  processMetrics: true,
  source: true,
  statusPage: true,
  timeoutMs: true,
});

/** Throws `METRICS_OPTION_INVALID` for options with which the server would not listen or guard. */
export function checkServerOptions(options: MetricsServerOptions): void {
  checkOptions('the metrics server', options, OPTIONS);
  const { port = 9090, host = '127.0.0.1', timeoutMs = 10_000, tls } = options;
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
  check(isPort, 'port', 'an integer from 0 to 65535', port);
  // Node binds every address of the machine if the host is empty.
  const isHost = typeof host === 'string' && host !== '';
  check(isHost, 'host', 'an address or a host name, such as 127.0.0.1', host);
  checkTimeout(timeoutMs);
  checkFlag('processMetrics', options.processMetrics);
  checkHealth(options);
  const { manager, registries = [], source, statusPage } = options;
  if (tls !== undefined) checkObject('tls', tls);
  if (manager !== undefined) checkMethod('manager', manager, 'collect');
  if (source !== undefined) checkMethod('source', source, 'gather');
  if (statusPage !== undefined) checkObject('statusPage', statusPage);
  check(Array.isArray(registries), 'registries', 'an array of registries', registries);
}

/** Throws `METRICS_OPTION_INVALID` unless the checks of a health path are of a kind that can run. */
export function checkHealth({
  health,
  ready,
}: Pick<MetricsServerOptions, 'health' | 'ready'>): void {
  for (const [option, checks] of Object.entries({ health, ready })) {
    const isValid = ['undefined', 'function'].includes(typeof checks) || isObject(checks);
    check(isValid, option, 'an object of functions, or a function', checks);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Returns the path of a request URL, which starts with scheme and host if it comes from a proxy. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';
}
