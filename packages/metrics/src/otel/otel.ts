import { optionNames } from '@map/redaction/kernel';
import type { HrTime } from '@opentelemetry/api';
import type { MetricData, MetricProducer } from '@opentelemetry/sdk-metrics';
import { check, checkOptions } from '../common/check.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { conventionOf } from './conventions.ts';
import { metricData } from './metric-data.ts';

/** Options of {@link metricProducer}. */
export interface MetricProducerOptions {
  /** The manager whose metrics are exported; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
  /**
   * `map` exports metrics under the names that a scrape shows (default); `conventions` under those
   * of OpenTelemetry's semantic conventions, where those have one.
   */
  readonly names?: 'map' | 'conventions' | undefined;
}

const OPTIONS = optionNames<MetricProducerOptions>({ manager: true, names: true });

/**
 * Gives the metrics to a reader of OpenTelemetry's SDK, which exports them, such as over OTLP. The
 * values are those of a scrape at the same moment, and cumulative.
 *
 * @param options The manager and the names.
 * @returns A producer for the option `metricProducers` of a reader.
 * @throws {TypeError} If `names` is neither `map` nor `conventions`.
 * @example
 * ```ts
 * import { getMetricsManager } from '@map/metrics';
 * import { metricProducer } from '@map/metrics/otel';
 *
 * getMetricsManager().trackCache('hits', { cache: 'prompts' });
 * const { resourceMetrics } = await metricProducer().collect();
 * console.log(resourceMetrics.scopeMetrics[0]?.metrics[0]?.descriptor.name); // cache_hits_total
 * ```
 */
export function metricProducer(options: MetricProducerOptions = {}): MetricProducer {
  checkOptions('metricProducer()', options, OPTIONS);
  const { names = 'map' } = options;
  const isKnown = names === 'map' || names === 'conventions';
  check(isKnown, 'names', '"map" or "conventions"', names);
  return {
    collect: async (collection) => {
      const manager = options.manager ?? getMetricsManager();
      await manager.collect(collection?.timeoutMillis);
      const { prefix, defaultLabels } = manager;
      const context = {
        prefix,
        defaultLabels,
        nameOf: names === 'map' ? undefined : conventionOf,
        startTime: hrTime(performance.timeOrigin),
        endTime: hrTime(Date.now()),
      };
      const metrics: MetricData[] = manager.instruments.flatMap((one) => metricData(one, context));
      // A reader takes the resource of its provider; only the SDK can make one.
      const resource = { attributes: {}, merge: (other: unknown) => other, getRawAttributes };
      return {
        resourceMetrics: {
          resource: resource as never,
          scopeMetrics: metrics.length === 0 ? [] : [{ scope: { name: '@map/metrics' }, metrics }],
        },
        errors: [],
      };
    },
  };
}

function getRawAttributes(): [] {
  return [];
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1e3);
  return [seconds, Math.round((milliseconds - seconds * 1e3) * 1e6)];
}
