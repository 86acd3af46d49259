import type { CounterInstrument } from '../instruments/counter.ts';
import { type Exemplar, type ShownExemplar, shownExemplar } from '../instruments/exemplar.ts';
import type { GaugeInstrument } from '../instruments/gauge.ts';
import type { HistogramInstrument } from '../instruments/histogram.ts';
import { escapeLabelValue, labelText } from '../instruments/labels.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';

/** The two exposition formats. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** How metrics are rendered. */
export interface RenderOptions {
  readonly format: ExpositionFormat;
  readonly prefix: string;
  readonly defaultLabels: Readonly<Record<string, string>>;
}

/** Lines of one chunk: between chunks, the writer can give other callbacks a turn. */
const LINES_PER_CHUNK = 250;

/** Renders metrics chunk by chunk; each series is read in one turn. */
export function* renderMetrics(
  instruments: Iterable<AnyInstrument>,
  options: RenderOptions,
): Generator<string> {
  for (const instrument of instruments) {
    const name = options.prefix + instrument.name;
    if (instrument.series.length === 0) continue;
    let chunk = renderHead(name, instrument.type, instrument.help, options.format);
    let lines = 2;
    const defaults = defaultText(instrument, options.defaultLabels);
    const series = instrument.series;
    for (const one of series) {
      one.text ??= labelText(instrument.labelNames, one.values);
      const text = join(one.text, defaults);
      if ('counts' in one) {
        chunk += renderHistogram(name, text, instrument as HistogramInstrument, one, options);
        lines += one.counts.length + 2;
      } else {
        const braces = text === '' ? '' : `{${text}}`;
        chunk += `${name}${braces} ${formatNumber(one.value)}`;
        if ('exemplar' in one) chunk += ownExemplar(one.exemplar, options.format);
        chunk += '\n';
        lines++;
      }
      if (lines >= LINES_PER_CHUNK) {
        yield chunk;
        chunk = '';
        lines = 0;
      }
    }
    if (chunk !== '') yield chunk;
  }
}

/** Renders the HELP and TYPE lines; OpenMetrics names a counter there without _total. */
export function renderHead(
  name: string,
  type: string,
  help: string,
  format: ExpositionFormat,
): string {
  const family =
    format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${escapeHelp(help, format)}\n# TYPE ${family} ${type}\n`;
}

function renderHistogram(
  name: string,
  text: string,
  { bounds }: HistogramInstrument,
  series: HistogramInstrument['series'][number],
  { format }: RenderOptions,
): string {
  const head = `${name}_bucket{${text === '' ? '' : `${text},`}le="`;
  let cumulative = 0;
  let lines = '';
  for (let i = 0; i <= bounds.length; i++) {
    cumulative += series.counts[i] as number;
    const bound = i === bounds.length ? '+Inf' : formatBound(bounds[i] as number);
    lines += `${head}${bound}"} ${cumulative}`;
    lines += ownExemplar(series.exemplars?.[i], format);
    lines += '\n';
  }
  const braces = text === '' ? '' : `{${text}}`;
  return `${lines}${name}_sum${braces} ${formatNumber(series.sum)}\n${name}_count${braces} ${cumulative}\n`;
}

function ownExemplar(exemplar: Exemplar | undefined, format: ExpositionFormat): string {
  return format === 'text' ? '' : renderExemplar(shownExemplar(exemplar), format);
}

/** Renders the exemplar of a line; the text format does not have any. */
export function renderExemplar(
  exemplar: ShownExemplar | undefined,
  format: ExpositionFormat,
): string {
  if (exemplar === undefined || format === 'text') return '';
  const labels = labelText(Object.keys(exemplar.labels), Object.values(exemplar.labels));
  return ` # {${labels}} ${formatNumber(exemplar.value)} ${exemplar.timestamp.toFixed(3)}`;
}

function defaultText(
  instrument: CounterInstrument | GaugeInstrument | HistogramInstrument,
  defaults: Readonly<Record<string, string>>,
): string {
  const own = Object.entries(defaults).filter(([name]) => !instrument.labelNames.includes(name));
  return labelText(
    own.map(([name]) => name),
    own.map(([, value]) => value),
  );
}

function join(a: string, b: string): string {
  return a === '' || b === '' ? a + b : `${a},${b}`;
}

function escapeHelp(help: string, format: ExpositionFormat): string {
  if (format === 'openmetrics') return escapeLabelValue(help);
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** Renders a number for Prometheus. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** Renders a bound as OpenMetrics requires (1 as 1.0), in both formats. */
export function formatBound(bound: number): string {
  return Number.isInteger(bound) && Math.abs(bound) < 1e21 ? `${bound}.0` : String(bound);
}
