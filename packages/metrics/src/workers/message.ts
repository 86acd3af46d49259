import type { Reader } from '../exposition/content.ts';
import type { Family } from '../exposition/family.ts';
import type { CounterSeries } from '../instruments/counter.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import { type Exemplar, type ShownExemplar, shownExemplar } from '../instruments/exemplar.ts';
import type { GaugeSeries } from '../instruments/gauge.ts';
import type { HistogramSeries } from '../instruments/histogram.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';

/** The channel of requests to worker threads; each request names the channel of the replies. */
export const CHANNEL = '@map/metrics';

/** Series of one chunk. */
const SERIES_PER_PIECE = 250;

/** Announces a worker. */
export interface Hello {
  readonly kind: '@map/metrics:hello';
  readonly worker: string;
}

/** Requests the metrics of all workers. */
export interface Request {
  readonly kind: '@map/metrics:request';
  readonly id: string;
  /** The channel on which a thread replies. */
  readonly replyTo: string;
  /** Time limit for bringing gauges up to date, in milliseconds. */
  readonly collectMs: number;
  readonly reader: Reader;
}

/** The metrics of one worker. */
export interface Reply {
  readonly kind: '@map/metrics:reply';
  readonly id: string;
  readonly worker: string;
  readonly metrics: readonly WorkerMetric[];
  readonly families: readonly Family[];
}

/** One metric of a worker, or a chunk of it, as plain data. */
export interface WorkerMetric {
  readonly definition: MetricDefinition;
  readonly series: readonly WorkerSeries[];
}

/** One series of a worker as plain data. */
export interface WorkerSeries {
  readonly values: readonly string[];
  readonly value: number;
  readonly counts?: readonly number[];
  /** The exemplar of a counter, or one for each bucket. */
  readonly exemplars?: readonly (ShownExemplar | null)[];
}

/** Returns whether a message is of one of these kinds. */
export function isMessage<M extends Hello | Request | Reply>(
  message: unknown,
  kind: M['kind'],
): message is M {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
  );
}

/** Converts metrics to plain data in chunks; between chunks, other callbacks can get a turn. */
export function* packMetrics(instruments: readonly AnyInstrument[]): Generator<WorkerMetric> {
  for (const instrument of instruments) {
    const definition = {
      name: instrument.name,
      type: instrument.type,
      help: instrument.help,
      labels: instrument.labelNames,
      ...(instrument.type === 'histogram' ? { buckets: instrument.bounds } : {}),
    };
    // A reset between two chunks gives the instrument a new list.
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
  return { ...packed, exemplars: Array.from(exemplars, packExemplar) };
}

function packValue(series: CounterSeries | GaugeSeries): WorkerSeries {
  const { values, value } = series;
  if (!('exemplar' in series) || series.exemplar === undefined) return { values, value };
  return { values, value, exemplars: [packExemplar(series.exemplar)] };
}

/** Only what may be shown is sent: a label of the application may be a function, which no message takes. */
function packExemplar(exemplar: Exemplar | undefined): ShownExemplar | null {
  return shownExemplar(exemplar) ?? null;
}
