/** What an exemplar carries: labels that lead to the trace of one measurement. */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** What every metric of one manager shares; changed by `configure`, read on each measurement. */
export interface State {
  enabled: boolean;
  strict: boolean;
  maxSeries: number;
  maxLabelLength: number;
  exemplar: (() => ExemplarLabels | undefined) | undefined;
  overflowed(metric: string): void;
  rejected(metric: string, reason: RejectReason): void;
}

/** Why a measurement, or a part of it, is not kept. */
export type RejectReason = 'value' | 'label' | 'collect';
