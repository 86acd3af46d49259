import { CATALOGUE, type Category } from '../catalogue/catalogue.ts';
import type { MetricDefinition } from '../instruments/definition.ts';

export { type AlertGroup, type AlertRule, alertRules } from './alert-rules.ts';

/** Options of a dashboard. */
export interface DashboardOptions {
  /** The prefix of the manager. */
  readonly prefix?: string | undefined;
  /** The categories to show; all by default. */
  readonly categories?: readonly Category[] | undefined;
  /** The title; `Agent platform` by default. */
  readonly title?: string | undefined;
}

/** One query of a panel. */
export interface PanelQuery {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
}

/** One panel. */
export interface Panel {
  readonly id: number;
  readonly type: 'timeseries' | 'row';
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly type: 'prometheus'; readonly uid: string };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit: string };
    readonly overrides: readonly never[];
  };
  readonly targets?: readonly PanelQuery[];
}

/** A Grafana dashboard, as its JSON model. */
export interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly object[] };
  readonly panels: readonly Panel[];
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;
const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;
const QUANTILES = [0.5, 0.95, 0.99];

/**
 * Makes a Grafana dashboard with a panel for every metric of the catalogue.
 *
 * @param options The prefix, the categories, the title.
 * @returns The dashboard's JSON model, to import or to provision.
 * @example
 * ```ts
 * import { grafanaDashboard } from '@map/metrics/dashboards';
 *
 * const dashboard = grafanaDashboard({ categories: ['llm', 'agent'] });
 * console.log(JSON.stringify(dashboard, null, 2));
 * ```
 */
export function grafanaDashboard(options: DashboardOptions = {}): Dashboard {
  const { prefix = '', title = 'Agent platform' } = options;
  const categories = options.categories ?? (Object.keys(CATALOGUE) as Category[]);
  const panels: Panel[] = [];
  let y = 0;
  for (const category of categories) {
    const row = { x: 0, y, w: 24, h: 1 };
    panels.push({ id: panels.length + 1, type: 'row', title: rowTitle(category), gridPos: row });
    y += 1;
    const metrics: MetricDefinition[] = Object.values(CATALOGUE[category]);
    for (const [i, metric] of metrics.entries()) {
      const x = (i % COLUMNS) * WIDTH;
      const gridPos = { x, y: y + Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push(panel(panels.length + 1, metric, prefix, gridPos));
    }
    y += Math.ceil(metrics.length / COLUMNS) * HEIGHT;
  }
  const datasource = { name: 'datasource', type: 'datasource', query: 'prometheus' };
  return {
    title,
    uid: title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 40),
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [datasource] },
    panels,
  };
}

function panel(
  id: number,
  metric: MetricDefinition,
  prefix: string,
  gridPos: Panel['gridPos'],
): Panel {
  const { name, type, help } = metric;
  return {
    id,
    type: 'timeseries',
    title: name,
    description: type === 'counter' ? `${help}, per second` : help,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit: unitOf(metric) }, overrides: [] },
    targets: queries(metric, prefix + name),
  };
}

function queries({ type, labels }: MetricDefinition, name: string): PanelQuery[] {
  const by = labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
  const legend = labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' ');
  if (type === 'histogram') {
    return QUANTILES.map((quantile, i) => ({
      refId: String.fromCharCode(65 + i),
      expr: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
      legendFormat: `p${quantile * 100}`,
    }));
  }
  const value = type === 'counter' ? `rate(${name}[$__rate_interval])` : name;
  return [{ refId: 'A', expr: `sum${by} (${value})`, legendFormat: legend }];
}

function unitOf({ name, type }: MetricDefinition): string {
  if (name.endsWith('_seconds')) return 's';
  if (name.endsWith('_bytes')) return 'bytes';
  if (name.endsWith('_ratio')) return 'percentunit';
  if (name.includes('_usd')) return 'currencyUSD';
  return type === 'counter' ? 'cps' : 'short';
}

function rowTitle(category: Category): string {
  const titles: Partial<Record<Category, string>> = {
    http: 'HTTP',
    llm: 'Language models',
    connection: 'Connections',
    self: 'Process and metrics',
  };
  return titles[category] ?? `${category.charAt(0).toUpperCase()}${category.slice(1)}`;
}
