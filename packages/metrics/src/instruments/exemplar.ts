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

/**
 * Makes an exemplar of the current trace, or undefined if the callback fails. Its labels are checked
 * where it is shown, which few are: one is taken with most measurements.
 */
export function takeExemplar(state: ManagerState, value: number): Exemplar | undefined {
  try {
    const labels = valueAtOnce(state.exemplar?.());
    if (typeof labels !== 'object' || labels === null) return undefined;
    return new TakenExemplar({ ...labels }, value, Date.now() / 1000);
  } catch {
    return undefined;
  }
}

class TakenExemplar implements Exemplar {
  readonly value: number;
  readonly timestamp: number;
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(given: Readonly<Record<string, unknown>>, value: number, timestamp: number) {
    this.#given = given;
    this.value = value;
    this.timestamp = timestamp;
  }

  get labels(): ExemplarLabels {
    return checkLabels(this.#given);
  }
}

/** Returns the labels that may be shown: none if they are too long together. */
function checkLabels(labels: Readonly<Record<string, unknown>>): ExemplarLabels {
  const kept: Record<string, string> = {};
  let characters = 0;
  for (const [name, text] of Object.entries(labels)) {
    if (typeof text !== 'string' || text === '' || !LABEL_NAME.test(name)) continue;
    characters += name.length + text.length;
    if (characters > MAX_CHARACTERS) return {};
    // Ids of traces are what exemplars are for; anything else is redacted like a label.
    kept[name] = TRACE_ID.test(text) ? text : redactText(cleanLabelValue(text, MAX_CHARACTERS));
  }
  return kept;
}
