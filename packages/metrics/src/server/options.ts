import { optionNames } from '@map/redaction/kernel';
import { checkOptions } from '../common/check.ts';
import { MetricsError } from '../common/metrics-error.ts';
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

/** The longest delay of a Node timer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

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
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalid(`\`port\` must be an integer from 0 to 65535, got ${port}.`);
  }
  // Node binds every address of the machine if the host is empty.
  if (typeof host !== 'string' || host === '') {
    throw invalid(
      `\`host\` must be an address or a host name, such as 127.0.0.1, got ${JSON.stringify(host)}.`,
    );
  }
  checkTimeout(timeoutMs);
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) {
    throw invalid(`\`tls\` must be an object with key and cert, got ${typeof tls}.`);
  }
}

/** Throws `METRICS_OPTION_INVALID` for a time limit that a timer cannot wait for. */
export function checkTimeout(timeoutMs: number): void {
  if (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return;
  throw invalid(`\`timeoutMs\` must be a number from 1 to ${MAX_TIMEOUT_MS}, got ${timeoutMs}.`);
}

/** Returns the path of a request URL, which starts with scheme and host if it comes from a proxy. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';
}

function invalid(message: string): MetricsError {
  return new MetricsError('METRICS_OPTION_INVALID', message);
}
