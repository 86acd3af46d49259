import type { ExemplarLabels, State } from './state.ts';

/** One measurement that stands for its series or bucket, and the trace it belongs to. */
export interface Exemplar {
  readonly labels: ExemplarLabels;
  readonly value: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** The OpenMetrics limit on all names and values of one exemplar together, in characters. */
const MAX_CHARACTERS = 128;

/** Asks for the current trace; a source that fails or says too much gives none. */
export function takeExemplar(state: State, value: number): Exemplar | undefined {
  let labels: ExemplarLabels | undefined;
  try {
    labels = state.exemplar?.();
  } catch {
    return undefined;
  }
  if (labels === undefined || labels === null) return undefined;
  const kept: Record<string, string> = {};
  let characters = 0;
  for (const [name, text] of Object.entries(labels)) {
    if (typeof text !== 'string' || text === '' || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) continue;
    characters += name.length + text.length;
    if (characters > MAX_CHARACTERS) return undefined;
    kept[name] = text.toWellFormed();
  }
  if (characters === 0) return undefined;
  return { labels: kept, value, timestamp: Date.now() / 1000 };
}
