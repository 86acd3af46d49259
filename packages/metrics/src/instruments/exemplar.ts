import { redactText } from '@map/redaction';
import { valueAtOnce } from '@map/redaction/kernel';
import { cleanLabelValue } from './labels.ts';
import type { ManagerState } from './manager-state.ts';
import type { ExemplarLabels } from './metric.ts';

/** One measurement that represents its series or bucket, and the trace it belongs to. */
export interface Exemplar {
  readonly labels: ExemplarLabels;
  readonly value: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** The OpenMetrics limit on all names and values of one exemplar together, in characters. */
const MAX_CHARACTERS = 128;
const TRACE_ID = /^[0-9a-f]{16,32}$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The usual name of all is not matched: an exemplar is taken with most measurements. */
const isLabelName = (name: string): boolean => name === 'trace_id' || LABEL_NAME.test(name);

/** Makes an exemplar of the current trace, or undefined if the callback fails or gives too much. */
export function takeExemplar(state: ManagerState, value: number): Exemplar | undefined {
  const kept: Record<string, string> = {};
  let characters = 0;
  try {
    const labels = valueAtOnce(state.exemplar?.());
    if (typeof labels !== 'object') return undefined;
    for (const name in labels) {
      const text: unknown = labels[name];
      if (typeof text !== 'string' || text === '' || !isLabelName(name)) continue;
      characters += name.length + text.length;
      if (characters > MAX_CHARACTERS) return undefined;
      // Ids of traces are what exemplars are for; anything else is redacted like a label.
      kept[name] = TRACE_ID.test(text) ? text : redactText(cleanLabelValue(text, MAX_CHARACTERS));
    }
  } catch {
    return undefined;
  }
  if (characters === 0) return undefined;
  return { labels: kept, value, timestamp: Date.now() / 1000 };
}
