import { createHash } from 'node:crypto';
import { optionNames } from '@map/redaction/kernel';
import { check, checkOptions as checkNames } from '../common/check.ts';
import { checkOptions } from '../manager/options.ts';
import { detailRows } from './detail.ts';
import { panel, type Row, row } from './make-panel.ts';
import { overviewRows } from './overview.ts';
import type { Panel } from './panel.ts';
import { PromQl } from './promql.ts';
import { annotation, FILTERS, variables } from './variables.ts';

/** Options of a dashboard. */
export interface DashboardOptions {
  /** The prefix of the manager. */
  readonly prefix?: string | undefined;
  /** The title; `Agent platform` by default. */
  readonly title?: string | undefined;
}

/** A Grafana dashboard, as its JSON model. */
export interface Dashboard {
  readonly title: string;
  /** Different for each title and prefix: Grafana replaces a dashboard that has the same one. */
  readonly uid: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly graphTooltip: number;
  readonly refresh: string;
  readonly tags: readonly string[];
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly object[] };
  readonly annotations: { readonly list: readonly object[] };
  readonly panels: readonly Panel[];
}

const OPTIONS = optionNames<DashboardOptions>({ prefix: true, title: true });

/**
 * Makes a Grafana dashboard: one screen that answers the first questions of an incident, and below
 * it a collapsed row for each category of the catalogue.
 *
 * @param options The prefix and the title.
 * @returns The dashboard's JSON model, to import or to provision.
 * @throws `METRICS_OPTION_INVALID` if the prefix is not a name.
 * @example
 * ```ts
 * import { grafanaDashboard } from '@map/metrics/dashboards';
 *
 * const dashboard = grafanaDashboard({ title: 'Agents', prefix: 'map_' });
 * console.log(JSON.stringify(dashboard, null, 2));
 * ```
 */
export function grafanaDashboard(options: DashboardOptions = {}): Dashboard {
  checkNames('grafanaDashboard()', options, OPTIONS);
  const { prefix = '', title = 'Agent platform' } = options;
  checkOptions({ prefix });
  check(typeof title === 'string', 'title', 'a string', title);
  const promql = new PromQl({ prefix, filters: FILTERS, window: '$__rate_interval' });
  return {
    title,
    uid: uidOf(title, prefix),
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    tags: ['map'],
    time: { from: 'now-1h', to: 'now' },
    templating: { list: variables(prefix) },
    annotations: { list: [annotation(promql)] },
    panels: place([...overviewRows(promql), ...detailRows(promql)]),
  };
}

/** At most 40 characters, which is Grafana's limit. */
function uidOf(title: string, prefix: string): string {
  const words = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256')
    .update(JSON.stringify([title, prefix]))
    .digest('hex');
  return `${words.slice(0, 31)}-${hash.slice(0, 8)}`;
}

/** Gives each panel its id and its place: from left to right, then down. */
function place(rows: readonly Row[]): Panel[] {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ title, isCollapsed, panels }) => {
    const heading = {
      ...row(title, isCollapsed),
      id: ++id,
      gridPos: { x: 0, y: y++, w: 24, h: 1 },
    };
    let x = 0;
    let height = 0;
    const placed = panels.map((spec): Panel => {
      const { width: w, height: h } = spec;
      if (x + w > 24) {
        y += height;
        x = 0;
        height = 0;
      }
      const gridPos = { x, y, w, h };
      x += w;
      height = Math.max(height, h);
      return { ...panel(spec), id: ++id, gridPos };
    });
    y += height;
    return isCollapsed ? [{ ...heading, panels: placed }] : [heading, ...placed];
  });
}
