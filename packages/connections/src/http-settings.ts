import type { SecretLike } from './secret.ts';

/** Limits and habits of an HTTP client; all times in milliseconds. */
export interface HttpOptions {
  /** Limit for one request with all its attempts, waits and redirects; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Limit for connecting, including DNS and TLS; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Sockets at most to one host; 50 by default. */
  readonly maxSocketsPerHost?: number;
  /** Idle sockets kept for one host; 10 by default. */
  readonly maxFreeSocketsPerHost?: number;
  /** Repetitions at most of a request that is safe to repeat; 2 by default. */
  readonly retries?: number;
  /** Longest Retry-After that is waited for; 10,000 by default. */
  readonly maxRetryAfterMs?: number;
  /** Largest body of an answer, decompressed, in bytes; 10 MiB by default. */
  readonly maxResponseBytes?: number;
  /** Proxy for all requests, e.g. `http://user:password@proxy:3128`. */
  readonly proxy?: SecretLike;
  /** Hosts that are reached without the proxy: `localhost`, `.internal`, `10.0.0.5:8080`. */
  readonly noProxy?: readonly string[];
  /** Certificate authority to trust instead of the system's, in PEM. */
  readonly ca?: string | readonly string[];
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL that a health check asks for; without one the client counts as healthy. */
  readonly healthUrl?: string;
}
