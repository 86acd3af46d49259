import { CounterInstrument } from './counter.ts';
import { boundsOf, type MetricDefinition } from './definition.ts';
import { GaugeInstrument } from './gauge.ts';
import { HistogramInstrument } from './histogram.ts';
import type { ManagerState } from './manager-state.ts';

/** Any of the three kinds of instrument. */
export type AnyInstrument = CounterInstrument | GaugeInstrument | HistogramInstrument;

/** Makes the instrument of a definition. */
export function makeInstrument(definition: MetricDefinition, state: ManagerState): AnyInstrument {
  switch (definition.type) {
    case 'counter':
      return new CounterInstrument(definition, state);
    case 'gauge':
      return new GaugeInstrument(definition, state);
    case 'histogram':
      return new HistogramInstrument(definition, state);
  }
}

/** Returns whether an instrument has the type, labels and bounds of a definition. */
export function hasShape(instrument: AnyInstrument, definition: MetricDefinition): boolean {
  const { type, labels } = definition;
  if (instrument.type !== type || instrument.labelNames.join() !== labels.join()) return false;
  return (
    instrument.type !== 'histogram' || instrument.bounds.join() === boundsOf(definition).join()
  );
}
