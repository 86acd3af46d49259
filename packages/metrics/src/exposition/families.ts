import { withTimeLimit } from '@map/redaction/kernel';
import type { ShownExemplar } from '../instruments/exemplar.ts';
import { cleanLabelValue, labelText } from '../instruments/labels.ts';
import type { Aggregation, Family, PromRegistry, Sample } from './family.ts';
import {
  formatBound,
  formatNumber,
  type RenderOptions,
  renderExemplar,
  renderHead,
} from './render.ts';

/**
 * Reads a prom-client registry metric by metric, so that one that fails or hangs affects no other.
 *
 * @param onFailure Receives the name of each metric that could not be read.
 */
export async function readRegistry(
  registry: PromRegistry,
  onFailure: (name: string) => void,
  timeoutMs: number,
): Promise<Family[]> {
  let metrics: readonly object[] = [];
  try {
    metrics = registry.getMetricsAsArray();
  } catch {
    onFailure('registry');
  }
  const families = await Promise.all(
    metrics.map(async (metric) => {
      const readable = metric as { name?: string; get(): Promise<Family> };
      const family = await runWithin(() => readable.get(), timeoutMs);
      if (family === undefined) onFailure(String(readable.name));
      return family;
    }),
  );
  return families.filter((family) => family !== undefined);
}

async function runWithin<T>(run: () => Promise<T>, timeoutMs: number): Promise<T | undefined> {
  try {
    return await withTimeLimit(run(), timeoutMs, () => undefined);
  } catch {
    return undefined;
  }
}

/** Renders families, one chunk each. */
export function* renderFamilies(
  families: Iterable<Family>,
  options: RenderOptions,
): Generator<string> {
  for (const family of families) {
    if (family.values.length === 0) continue;
    // prom-client removes _total from the name (see prom-targets.ts).
    const base = family.type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
    const isTotal =
      family.type === 'counter' && (options.format === 'openmetrics' || base !== family.name);
    const name = isTotal ? `${base}_total` : family.name;
    let chunk = renderHead(name, family.type, family.help, options.format);
    for (const sample of family.values) {
      const labels: Record<string, string | number> = {
        ...options.defaultLabels,
        ...sample.labels,
      };
      const values = Object.entries(labels).map(([label, value]) =>
        label === 'le' && value !== '+Inf'
          ? formatBound(Number(value))
          : cleanLabelValue(value, Number.POSITIVE_INFINITY),
      );
      const text = labelText(Object.keys(labels), values);
      const braces = text === '' ? '' : `{${text}}`;
      const exemplar = renderExemplar(toExemplar(sample), options.format);
      chunk += `${sample.metricName ?? name}${braces} ${formatNumber(sample.value)}${exemplar}\n`;
    }
    yield chunk;
  }
}

function toExemplar({ exemplar }: Sample): ShownExemplar | undefined {
  if (!exemplar) return undefined;
  const labels = Object.fromEntries(
    Object.entries(exemplar.labelSet).map(([name, value]) => [
      name,
      cleanLabelValue(value, Number.POSITIVE_INFINITY),
    ]),
  );
  return { labels, value: exemplar.value, timestamp: exemplar.timestamp };
}

/** Merges the families of several processes by their aggregators. */
export function mergeFamilies(lists: readonly (readonly Family[])[]): Family[] {
  const merged = new Map<string, { family: Family; samples: Map<string, Sample[]> }>();
  for (const family of lists.flat()) {
    if (family.aggregator === 'omit') continue;
    const entry = merged.get(family.name) ?? { family, samples: new Map<string, Sample[]>() };
    merged.set(family.name, entry);
    for (const sample of family.values) {
      const key = JSON.stringify([sample.metricName, ...Object.entries(sample.labels).sort()]);
      const same = entry.samples.get(key);
      if (same === undefined) entry.samples.set(key, [sample]);
      else same.push(sample);
    }
  }
  return [...merged.values()].map(({ family, samples }) => ({
    ...family,
    values: [...samples.values()].map((same) => ({
      ...(same[0] as Sample),
      value: aggregate(
        same.map(({ value }) => value),
        family.aggregator ?? 'sum',
      ),
    })),
  }));
}

/** Combines values. */
export function aggregate(values: readonly number[], how: Aggregation): number {
  switch (how) {
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'first':
      return values[0] ?? 0;
    case 'average':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    default:
      return values.reduce((sum, value) => sum + value, 0);
  }
}
