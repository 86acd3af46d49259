import { MetricsError } from '../common/metrics-error.ts';
import type { PromRegistry } from '../exposition/family.ts';
import type { ScrapeSource } from '../exposition/scrape.ts';
import type { MetricsManager } from '../manager/manager.ts';
import type { MetricsAuth } from './auth.ts';
import type { HealthChecks, HealthSource } from './health.ts';

/** A key and a certificate, in PEM. */
export interface MetricsTls {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
  /** Accepts only clients with a certificate that this authority signed. */
  readonly clientCa?: string | Uint8Array | undefined;
}

/** How the scrape server listens and what it shows. */
export interface MetricsServerOptions {
  /** The port, 0 for any free one; 9090 by default, which is also Prometheus's own. */
  readonly port?: number | undefined;
  /** The address to bind; loopback by default. */
  readonly host?: string | undefined;
  /** The manager to show; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
  /** What `/health` asks; without checks it says that the process answers. */
  readonly health?: HealthChecks | HealthSource | undefined;
  /** What `/ready` asks; the checks of `health` by default. */
  readonly ready?: HealthChecks | HealthSource | undefined;
  /** What a reader of `/metrics` and `/` has to show; nothing by default. */
  readonly auth?: MetricsAuth | undefined;
  /** Serves over TLS. */
  readonly tls?: MetricsTls | undefined;
  /** Further prom-client registries to show. */
  readonly registries?: readonly PromRegistry[] | undefined;
  /** Whether to show CPU, memory, event loop and garbage collection; true by default. */
  readonly processMetrics?: boolean | undefined;
  /** Brings in other workers' metrics: `gatherWorkers()` of `@map/metrics/workers`. */
  readonly source?: ScrapeSource | undefined;
  /** Milliseconds that one answer may take, slow readers included; 10,000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** What a timer of Node can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Throws `METRICS_OPTION_INVALID` for options that would not listen, or not guard, as meant. */
export function checkServerOptions({
  port = 9090,
  host = '127.0.0.1',
  timeoutMs = 10_000,
  tls,
}: MetricsServerOptions): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalid(`Port ${port} must be from 0 to 65535.`);
  }
  // Node takes an empty host for every address of the machine.
  if (typeof host !== 'string' || host === '') {
    throw invalid('The host must be an address or a name, such as 127.0.0.1.');
  }
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid(`timeoutMs ${timeoutMs} must be from 1 to ${MAX_TIMEOUT_MS}.`);
  }
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) {
    throw invalid('tls must be an object with a key and a cert.');
  }
}

function invalid(message: string): MetricsError {
  return new MetricsError('METRICS_OPTION_INVALID', message);
}
