import type { HrTime } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import { type OtelName, ownName } from './conventions.ts';

// The numbers of the SDK's enumerations: only its types are imported.
const CUMULATIVE = 1;
const DOUBLE = 1;
const HISTOGRAM = 0;
const GAUGE = 2;
const SUM = 3;

type Series = AnyInstrument['series'][number];

/** The common fields of one collection. */
export interface CollectionContext {
  readonly prefix: string;
  readonly defaultLabels: Readonly<Record<string, string>>;
  /** The name of a metric in the conventions; undefined keeps its own name. */
  readonly nameOf: ((name: string) => OtelName | undefined) | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** The data of a metric: one, or two if a convention is about some of its series only. */
export function metricData(instrument: AnyInstrument, context: CollectionContext): MetricData[] {
  const own = ownName(instrument.definition, context.prefix);
  const convention = context.nameOf?.(instrument.name);
  const all = instrument.series as Series[];
  if (convention === undefined) return dataOf(instrument, own, all, context);
  const kindAt = instrument.labelNames.indexOf('kind');
  const isMeant = ({ values }: Series): boolean =>
    convention.kind === undefined || values[kindAt] === convention.kind;
  return [
    ...dataOf(instrument, convention, all.filter(isMeant), context),
    ...dataOf(
      instrument,
      own,
      all.filter((series) => !isMeant(series)),
      context,
    ),
  ];
}

function dataOf(
  instrument: AnyInstrument,
  name: OtelName,
  series: readonly Series[],
  context: CollectionContext,
): MetricData[] {
  if (series.length === 0) return [];
  const { startTime, endTime } = context;
  const point = <T>(one: Series, value: T) => ({
    startTime,
    endTime,
    attributes: attributesOf(instrument.labelNames, one.values, name, context),
    value,
  });
  const base = {
    descriptor: {
      name: name.name,
      description: instrument.help,
      unit: name.unit,
      valueType: DOUBLE,
    },
    aggregationTemporality: CUMULATIVE,
  };
  if (instrument.type === 'histogram') {
    const boundaries = [...instrument.bounds];
    const dataPoints = (series as typeof instrument.series).map((one) =>
      point(one, {
        buckets: { boundaries, counts: [...one.counts] },
        count: one.counts.reduce((a, b) => a + b, 0),
        sum: one.sum,
      }),
    );
    return [{ ...base, dataPointType: HISTOGRAM, dataPoints }];
  }
  const dataPoints = series.map((one) => point(one, 'value' in one ? one.value : 0));
  const isCounter = instrument.type === 'counter';
  if (!isCounter && name.isSum !== true) return [{ ...base, dataPointType: GAUGE, dataPoints }];
  return [{ ...base, dataPointType: SUM, isMonotonic: isCounter, dataPoints }];
}

/** The labels that are not empty, as attributes. */
function attributesOf(
  labelNames: readonly string[],
  values: readonly string[],
  { attributes, words, fixed }: OtelName,
  { defaultLabels }: CollectionContext,
): Record<string, string | number> {
  const result: Record<string, string | number> = { ...defaultLabels, ...fixed };
  for (const [i, label] of labelNames.entries()) {
    const attribute = attributes[label];
    const value = values[i] ?? '';
    const word = words?.[label]?.[value] ?? value;
    if (attribute === undefined || word === '') continue;
    const isStatus = attribute === 'http.response.status_code' && /^\d{3}$/.test(word);
    result[attribute] = isStatus ? Number(word) : word;
  }
  return result;
}
