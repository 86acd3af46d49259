import type { MetricsAuth } from './auth.ts';
import type { PromRegistry } from './family.ts';
import type { HealthChecks, HealthSource } from './health.ts';
import type { MetricsManager } from './manager.ts';
import type { ScrapeSource } from './scrape.ts';

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
