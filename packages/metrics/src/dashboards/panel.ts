/** One query of a panel. */
export interface PanelQuery {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: 'time_series' | 'heatmap' | 'table';
  readonly instant: boolean;
  readonly range: boolean;
  /** Whether Grafana shows the traces of single measurements. */
  readonly exemplar: boolean;
}

/** One panel, or a row with its panels. */
export interface Panel {
  readonly id: number;
  readonly type: PanelKind | 'row';
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly collapsed?: boolean;
  /** The panels of a collapsed row. */
  readonly panels?: readonly Panel[];
  readonly datasource?: { readonly type: 'prometheus'; readonly uid: string };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit: string; readonly [option: string]: unknown };
    readonly overrides: readonly object[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly object[];
  readonly targets?: readonly PanelQuery[];
}

/** How a panel shows its queries. */
export type PanelKind = 'timeseries' | 'stat' | 'bargauge' | 'heatmap' | 'table';
