import { CATALOGUE, type Category } from '../catalogue/catalogue.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import type { PanelSpec, Row } from './make-panel.ts';
import { aggregate, type PromQl } from './promql.ts';

const SIZE = { width: 8, height: 8 };

const TITLES: Readonly<Record<Category, string>> = {
  task: 'Tasks and queues',
  llm: 'Models',
  agent: 'Agents',
  tool: 'Tools',
  http: 'HTTP requests',
  connection: 'Connections',
  self: 'Process and metrics',
  memory: 'Agent memory (tracked by the application)',
  cache: 'Caches (tracked by the application)',
};

/** Gauges that every process reports alike: adding them up would count them several times. */
const SHARED: ReadonlySet<MetricDefinition> = new Set<MetricDefinition>([
  CATALOGUE.task.queueDepth,
  CATALOGUE.task.queueJobs,
  CATALOGUE.connection.circuit,
]);

/** A collapsed row for each category, with every metric by all its labels. */
export function detailRows(promql: PromQl): Row[] {
  return (Object.keys(TITLES) as Category[]).map((category) => ({
    title: TITLES[category],
    isCollapsed: true,
    panels: (Object.values(CATALOGUE[category]) as MetricDefinition[]).flatMap((metric) =>
      metric.type === 'histogram' ? histogram(metric, promql) : [value(metric, promql)],
    ),
  }));
}

function value(metric: MetricDefinition, promql: PromQl): PanelSpec {
  const { name, type, help, labels } = metric;
  const unit = unitOf(metric);
  const panel = { kind: 'timeseries', title: name, unit, ...SIZE } as const;
  if (type === 'counter') {
    const isCost = unit === 'currencyUSD';
    const expr = isCost ? promql.increase(metric, labels, '1h') : promql.rate(metric, labels);
    const description = `${help}, ${isCost ? 'in an hour' : 'per second'}.`;
    return { ...panel, description, queries: [[expr, legend(labels)]] };
  }
  // The figures of one process are not added up: half of two is not the whole of one.
  const by = labels.length === 0 ? ['instance'] : labels;
  const how = labels.length === 0 || SHARED.has(metric) ? 'max' : 'sum';
  const queries = [[aggregate(how, by, promql.select(metric)), legend(by)]] as const;
  return { ...panel, description: `${help}.`, queries };
}

/** Two quantiles by the labels, and a heat map for each of its kinds, such as prompt and completion. */
function histogram(metric: MetricDefinition, promql: PromQl): PanelSpec[] {
  const { name, help, labels, values = {} } = metric;
  const unit = unitOf(metric);
  const by = labels.filter((label) => label !== 'status' && label !== 'status_code');
  const quantiles = [0.5, 0.95].map(
    (q) => [promql.quantile(q, metric, by), `p${q * 100} ${legend(by)}`] as const,
  );
  const [[kind, kinds] = ['', ['']]] = Object.entries(values);
  return [
    {
      kind: 'timeseries',
      title: name,
      description: `${help}: median and 95th percentile.`,
      unit,
      ...SIZE,
      queries: quantiles,
    },
    ...kinds.map((each): PanelSpec => {
      const matcher = kind === '' ? '' : `${kind}="${each}"`;
      return {
        kind: 'heatmap',
        title: each === '' ? name : `${name}, ${each}`,
        description: `${help}: how many of each.`,
        unit,
        ...SIZE,
        queries: [[promql.buckets(metric, [], matcher), '{{le}}']],
      };
    }),
  ];
}

function legend(labels: readonly string[]): string {
  return labels.map((label) => `{{${label}}}`).join(' ');
}

function unitOf({ name, type }: MetricDefinition): string {
  if (name.endsWith('_seconds')) return 's';
  if (name.endsWith('_bytes')) return 'bytes';
  if (name.endsWith('_ratio')) return 'percentunit';
  if (name.includes('_usd')) return 'currencyUSD';
  return type === 'counter' ? 'cps' : 'short';
}
