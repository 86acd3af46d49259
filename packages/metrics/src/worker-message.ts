import type { Family } from './family.ts';
import type { HistogramSeries } from './histogram.ts';
import type { AnyInstrument } from './manager.ts';
import type { MetricDefinition } from './types.ts';

/** The channel on which worker threads are asked; answers come on one that the request names. */
export const CHANNEL = '@map/metrics';

/** A worker says that it is there. */
export interface Hello {
  readonly kind: '@map/metrics:hello';
  readonly worker: string;
}

/** The gatherer asks. */
export interface Request {
  readonly kind: '@map/metrics:request';
  readonly id: string;
  /** The channel on which a thread answers. */
  readonly replyTo: string;
}

/** A worker answers. */
export interface Answer {
  readonly kind: '@map/metrics:answer';
  readonly id: string;
  readonly worker: string;
  readonly metrics: readonly WorkerMetric[];
  readonly families: readonly Family[];
}

/** One metric of a worker as plain data. */
export interface WorkerMetric {
  readonly definition: MetricDefinition;
  readonly series: readonly WorkerSeries[];
}

/** One series of a worker as plain data. */
export interface WorkerSeries {
  readonly values: readonly string[];
  readonly value: number;
  readonly counts?: readonly number[];
}

/** Whether a message is one of ours, and of which kind. */
export function isMessage<M extends Hello | Request | Answer>(
  message: unknown,
  kind: M['kind'],
): message is M {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
  );
}

/** Makes plain data of metrics. */
export function packMetrics(instruments: readonly AnyInstrument[]): WorkerMetric[] {
  return instruments
    .filter(({ series }) => series.length > 0)
    .map((instrument) => ({
      definition: {
        name: instrument.name,
        type: instrument.type,
        help: instrument.help,
        labels: instrument.labelNames,
        ...(instrument.type === 'histogram' ? { buckets: instrument.bounds } : {}),
      },
      series: instrument.series.map((series) =>
        'counts' in series ? packHistogram(series) : { values: series.values, value: series.value },
      ),
    }));
}

function packHistogram({ values, counts, sum }: HistogramSeries): WorkerSeries {
  return { values, value: sum, counts };
}
