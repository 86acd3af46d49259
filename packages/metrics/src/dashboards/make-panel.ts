import type { Panel, PanelKind, PanelQuery } from './panel.ts';
import { DATASOURCE, logsLink } from './variables.ts';

/** The parts that differ between panels. */
export interface PanelSpec {
  readonly kind: PanelKind;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  /** Expressions with the text of the legend. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  /** The values from which a figure is yellow, and red. */
  readonly limits?: readonly [yellow: number, red: number] | undefined;
  readonly max?: number;
  readonly isStacked?: boolean;
}

/** A heading and its panels. */
export interface Row {
  readonly title: string;
  readonly isCollapsed: boolean;
  readonly panels: readonly PanelSpec[];
}

/** A panel before it has a place. */
type Unplaced = Omit<Panel, 'id' | 'gridPos'>;

const LAST = { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } };

const OPTIONS: Readonly<Record<PanelKind, Readonly<Record<string, unknown>>>> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: { ...LAST, colorMode: 'background', graphMode: 'area', justifyMode: 'auto' },
  bargauge: { ...LAST, displayMode: 'gradient', orientation: 'horizontal', showUnfilled: true },
  heatmap: {
    calculate: false,
    color: { mode: 'scheme', scheme: 'Oranges', steps: 64 },
    exemplars: { color: 'rgba(255,0,255,0.7)' },
    tooltip: { mode: 'single', yHistogram: true },
  },
  table: { showHeader: true, cellHeight: 'sm' },
};

/** The heading of a row. */
export function row(title: string, isCollapsed: boolean): Unplaced {
  return { type: 'row', title, collapsed: isCollapsed, panels: [] };
}

/** Makes Grafana's model of a panel. */
export function panel(spec: PanelSpec): Unplaced {
  const { kind, title, description, queries } = spec;
  return {
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: fieldDefaults(spec), overrides: [] },
    options:
      kind === 'heatmap' ? { ...OPTIONS.heatmap, yAxis: { unit: spec.unit } } : OPTIONS[kind],
    ...(kind === 'table' && {
      transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }],
    }),
    targets: queries.map(([expr, legend], i) => query(kind, expr, legend, i)),
  };
}

function query(kind: PanelKind, expr: string, legendFormat: string, i: number): PanelQuery {
  const instant = kind === 'table' || kind === 'bargauge';
  return {
    refId: String.fromCharCode(65 + i),
    expr,
    legendFormat,
    format: kind === 'heatmap' || kind === 'table' ? kind : 'time_series',
    instant,
    range: !instant,
    exemplar: expr.includes('_bucket') && (kind === 'timeseries' || kind === 'heatmap'),
  };
}

function fieldDefaults(spec: PanelSpec): { unit: string; [option: string]: unknown } {
  const { kind, unit, limits, max, isStacked = false } = spec;
  // A share of which less is worse counts down.
  const [yellow = 0, red = 0] = limits ?? [];
  const isFalling = yellow > red;
  const steps = isFalling
    ? [['red'], ['orange', red], ['green', yellow]]
    : [['green'], ['orange', yellow], ['red', red]];
  return {
    unit,
    min: 0,
    ...(max !== undefined && { max }),
    noValue: 'no data',
    links: [logsLink(/by \([^)]*error_type/.test(spec.queries[0]?.[0] ?? ''))],
    color: { mode: kind === 'timeseries' ? 'palette-classic' : 'thresholds' },
    thresholds: {
      mode: 'absolute',
      steps: (limits === undefined ? [['blue']] : steps).map(([color, value = null]) => ({
        color,
        value,
      })),
    },
    ...(kind === 'timeseries' && {
      custom: {
        fillOpacity: isStacked ? 60 : 8,
        lineWidth: 1,
        showPoints: 'never',
        stacking: { mode: isStacked ? 'normal' : 'none' },
        thresholdsStyle: { mode: limits === undefined ? 'off' : 'dashed' },
      },
    }),
  };
}
