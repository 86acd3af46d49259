import type { ConnectionManager } from '@map/connections';
import { convertException, ErrorCode } from '@map/errors';
import { errorOf } from '@map/errors/kernel';
import { type Lifecycle, withDeadline } from '@map/lifecycle';
import type { MetricsServer } from '@map/metrics';
import type { Settings } from '@map/settings';
import { toErrorText } from '../support/error-text.ts';
import { type Log, roundMs } from '../support/log.ts';
import { isRedisConfigured } from './connection-options.ts';

/** The parts that can be loaded before their first use: `http` is the client of got, `fetch` is `getFetch()`. */
export type WarmUpPart = 'redis' | 'http' | 'fetch' | 'scrape';

/** All parts, in the order in which they begin. */
export const WARM_UP_PARTS: readonly WarmUpPart[] = ['redis', 'fetch', 'http', 'scrape'];

/** Limit of one part in milliseconds. */
const LIMIT_MS = 10_000;
/** Shorter, so that a connection reports its own error. */
const CONNECTION_LIMIT_MS = 9_000;

/** The input of a warm-up. */
export interface WarmUpTarget {
  readonly settings: Settings;
  readonly connections: ConnectionManager;
  readonly metricsServer: MetricsServer | undefined;
}

/**
 * Loads in the background what a start leaves to its first use. Readiness fails until it has ended,
 * with or without success: a part that fails is logged, and is loaded by its first use.
 */
export class WarmUp {
  readonly #wanted: boolean | readonly WarmUpPart[];
  readonly #lifecycle: Lifecycle;
  readonly #log: Log;
  readonly #running: Set<WarmUpPart> = new Set();
  readonly #end: () => void;

  /**
   * Adds the readiness check `warm-up`.
   *
   * @param wanted The parts; `true` for all, a Redis only where the settings name one.
   */
  constructor(wanted: boolean | readonly WarmUpPart[], lifecycle: Lifecycle, log: Log) {
    this.#wanted = wanted;
    this.#lifecycle = lifecycle;
    this.#log = log;
    this.#end = lifecycle.health.register('warm-up', () => {
      const message = `Warm-up is running: ${[...this.#running].join(', ')}.`;
      throw errorOf({ code: ErrorCode.SERVICE_UNAVAILABLE, message });
    });
  }

  /** Runs it; never rejects. */
  async run(target: WarmUpTarget): Promise<void> {
    const startedAt = performance.now();
    const parts = this.#parts(target.settings);
    for (const part of parts) this.#running.add(part);
    const durations = await Promise.all(parts.map((part) => this.#runPart(part, target)));
    this.#end();
    if (this.#lifecycle.draining.aborted) return;
    this.#log.info('Warm-up done', {
      duration_ms: roundMs(performance.now() - startedAt),
      parts_ms: Object.fromEntries(parts.map((part, index) => [part, durations[index]])),
    });
  }

  #parts(settings: Settings): readonly WarmUpPart[] {
    if (typeof this.#wanted !== 'boolean') return [...new Set(this.#wanted)];
    return WARM_UP_PARTS.filter((part) => part !== 'redis' || isRedisConfigured(settings));
  }

  /** @returns Its duration in milliseconds. */
  async #runPart(part: WarmUpPart, target: WarmUpTarget): Promise<number> {
    const startedAt = performance.now();
    const { draining } = this.#lifecycle;
    try {
      await withDeadline((signal) => load(part, target, signal), {
        timeoutMs: LIMIT_MS,
        what: `Warm-up of ${part}`,
        signal: draining,
      });
    } catch (error) {
      if (!draining.aborted) {
        this.#log.warn(`Warm-up failed: ${toErrorText(error)}`, {
          part,
          error_type: convertException(error).code,
        });
      }
    }
    this.#running.delete(part);
    return roundMs(performance.now() - startedAt);
  }
}

async function load(
  part: WarmUpPart,
  { connections, metricsServer }: WarmUpTarget,
  signal: AbortSignal,
): Promise<void> {
  if (part === 'scrape') await metricsServer?.warmUp();
  else await connections.warmUp(part, { signal, timeoutMs: CONNECTION_LIMIT_MS });
}
