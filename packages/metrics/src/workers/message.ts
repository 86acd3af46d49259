import type { Family } from '../exposition/family.ts';
import type { CounterSeries } from '../instruments/counter.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import type { Exemplar } from '../instruments/exemplar.ts';
import type { GaugeSeries } from '../instruments/gauge.ts';
import type { HistogramSeries } from '../instruments/histogram.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';

/** The channel on which worker threads are asked; answers come on one that the request names. */
export const CHANNEL = '@map/metrics';

/** Series of one piece. */
const SERIES_PER_PIECE = 250;

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
  /** Milliseconds that bringing gauges up to date may take, to answer in time. */
  readonly collectMs: number;
}

/** A worker answers. */
export interface Answer {
  readonly kind: '@map/metrics:answer';
  readonly id: string;
  readonly worker: string;
  readonly metrics: readonly WorkerMetric[];
  readonly families: readonly Family[];
}

/** One metric of a worker as plain data, or a piece of it. */
export interface WorkerMetric {
  readonly definition: MetricDefinition;
  readonly series: readonly WorkerSeries[];
}

/** One series of a worker as plain data. */
export interface WorkerSeries {
  readonly values: readonly string[];
  readonly value: number;
  readonly counts?: readonly number[];
  /** A counter's one exemplar, or one for each bucket. */
  readonly exemplars?: readonly (Exemplar | null)[];
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

/** Makes plain data of metrics, in pieces, so that others may run between two of them. */
export function* packMetrics(instruments: readonly AnyInstrument[]): Generator<WorkerMetric> {
  for (const instrument of instruments) {
    const definition = {
      name: instrument.name,
      type: instrument.type,
      help: instrument.help,
      labels: instrument.labelNames,
      ...(instrument.type === 'histogram' ? { buckets: instrument.bounds } : {}),
    };
    // A reset while others run gives the instrument a new list.
    const { series } = instrument;
    for (let i = 0; i < series.length; i += SERIES_PER_PIECE) {
      const piece = series.slice(i, i + SERIES_PER_PIECE);
      yield {
        definition,
        series: piece.map((one) => ('counts' in one ? packHistogram(one) : packValue(one))),
      };
    }
  }
}

function packHistogram({ values, counts, sum, exemplars }: HistogramSeries): WorkerSeries {
  const packed = { values, value: sum, counts };
  if (exemplars === undefined) return packed;
  return { ...packed, exemplars: Array.from(exemplars, (exemplar) => exemplar ?? null) };
}

function packValue(series: CounterSeries | GaugeSeries): WorkerSeries {
  const { values, value } = series;
  if (!('exemplar' in series) || series.exemplar === undefined) return { values, value };
  return { values, value, exemplars: [series.exemplar] };
}
