import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** A type of Grafana as JSON has it: an enum is its strings, and what has a default may be missing. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends readonly (infer U)[]
    ? readonly Plain<U>[]
    : T extends object
      ? { readonly [K in keyof T]?: Plain<T[K]> }
      : T;

/** The options and the field options of each kind of panel. */
interface Kinds {
  timeseries: [timeseries.Options, common.GraphFieldConfig];
  stat: [stat.Options, never];
  bargauge: [bargauge.Options, never];
  heatmap: [heatmap.Options, heatmap.FieldConfig];
  table: [table.Options, common.TableFieldOptions];
}

interface FieldConfig<Custom> {
  readonly defaults: Omit<Plain<dashboard.FieldConfig>, 'custom'> & {
    readonly custom?: Plain<Custom>;
  };
  readonly overrides: readonly never[];
}

type PanelOf<K extends keyof Kinds> = Omit<
  Plain<dashboard.Panel>,
  'type' | 'options' | 'targets' | 'fieldConfig'
> & {
  readonly type: K;
  readonly options: Plain<Kinds[K][0]>;
  readonly targets: readonly Plain<prometheus.Dataquery>[];
  readonly fieldConfig: FieldConfig<Kinds[K][1]>;
};

type Panel = { [K in keyof Kinds]: PanelOf<K> }[keyof Kinds];

type Row = Omit<Plain<dashboard.RowPanel>, 'type' | 'panels'> & {
  readonly type: 'row';
  readonly panels: readonly Panel[];
};

/** A dashboard by the types that Grafana publishes, for the kinds of panels that ours has. */
export type GrafanaModel = Omit<Plain<dashboard.Dashboard>, 'panels'> & {
  readonly panels: readonly (Panel | Row)[];
};
