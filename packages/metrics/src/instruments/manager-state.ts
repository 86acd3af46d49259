import type { ExemplarLabels } from './metric.ts';

/** Why a measurement, or a part of it, was not kept. */
export type RejectReason = 'value' | 'label' | 'collect';

/** The settings that all metrics of one manager share. `configure` changes them in place. */
export interface ManagerState {
  enabled: boolean;
  strict: boolean;
  maxSeries: number;
  maxLabelLength: number;
  exemplar: (() => ExemplarLabels | undefined) | undefined;
  /** Reports a measurement that was counted in the overflow series of a metric. */
  overflowed(metric: string): void;
  /** Reports a measurement, or a part of one, that was not kept. */
  rejected(metric: string, reason: RejectReason): void;
}
