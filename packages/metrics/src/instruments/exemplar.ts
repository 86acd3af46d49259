import { redactText } from '@map/redaction';
import { valueAtOnce } from '@map/redaction/kernel';
import { cleanLabelValue } from './labels.ts';
import type { ManagerState } from './manager-state.ts';
import type { ExemplarLabels } from './metric.ts';

/** One measurement that represents its series or bucket, with the labels of its trace as they were given. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** An exemplar as it may be shown. */
export interface ShownExemplar extends Exemplar {
  readonly labels: ExemplarLabels;
}

/** The OpenMetrics limit on all names and values of one exemplar together, in characters. */
const MAX_CHARACTERS = 128;
const TRACE_ID = /^[0-9a-f]{16,32}$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Makes an exemplar of the current trace, or undefined if the callback fails. Its labels are checked
 * where it is shown, which few are: one is taken with most measurements.
 */
export function takeExemplar(state: ManagerState, value: number): Exemplar | undefined {
  try {
    const labels = valueAtOnce(state.exemplar?.());
    if (typeof labels !== 'object' || labels === null) return undefined;
    return { labels: { ...labels }, value, timestamp: Date.now() / 1000 };
  } catch {
    return undefined;
  }
}

/** Returns an exemplar with the labels that may be shown; undefined without any, or with too much. */
export function shownExemplar(exemplar: Exemplar | null | undefined): ShownExemplar | undefined {
  if (!exemplar) return undefined;
  const labels: Record<string, string> = {};
  let characters = 0;
  for (const [name, text] of Object.entries(exemplar.labels)) {
    if (typeof text !== 'string' || text === '' || !LABEL_NAME.test(name)) continue;
    characters += name.length + text.length;
    // Ids of traces are what exemplars are for; anything else is redacted like a label.
    labels[name] = TRACE_ID.test(text) ? text : redactText(cleanLabelValue(text, MAX_CHARACTERS));
  }
  return characters > 0 && characters <= MAX_CHARACTERS ? { ...exemplar, labels } : undefined;
}
