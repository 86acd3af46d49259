import { CATALOGUE } from '../catalogue/catalogue.ts';
import { modelOf } from './figures.ts';
import type { Timeline } from './history.ts';
import { increaseOver } from './rate.ts';
import type { Row, Snapshot } from './snapshot.ts';

const { llm } = CATALOGUE;
const MINUTE_MS = 60_000;

/** Tokens and cost of a model: in total, and in the last minute if that is known. */
export interface ModelRow {
  readonly model: string;
  readonly prompt: number;
  readonly completion: number;
  readonly cost: number;
  readonly promptPerMinute: number | undefined;
  readonly completionPerMinute: number | undefined;
  readonly costPerMinute: number | undefined;
}

/** Returns the models, the one with the most tokens first. */
export function modelRows(snapshot: Snapshot, timeline: Timeline): ModelRow[] {
  const totals = new Map<string, { prompt: number; completion: number; cost: number }>();
  const of = (labels: Row['labels']) => {
    const model = modelOf(labels);
    const known = totals.get(model) ?? { prompt: 0, completion: 0, cost: 0 };
    totals.set(model, known);
    return known;
  };
  for (const { labels, value } of snapshot.rows(llm.tokens)) {
    of(labels)[labels['type'] === 'completion' ? 'completion' : 'prompt'] += value;
  }
  for (const { labels, value } of snapshot.rows(llm.cost)) of(labels).cost += value;
  return [...totals]
    .map(([model, total]) => ({
      model,
      ...total,
      promptPerMinute: perMinute(timeline, `model.prompt.${model}`),
      completionPerMinute: perMinute(timeline, `model.completion.${model}`),
      costPerMinute: perMinute(timeline, `model.cost.${model}`),
    }))
    .sort((a, b) => b.prompt + b.completion - (a.prompt + a.completion));
}

/** The increase of a counter per minute, over the last minute; undefined without a history. */
export function perMinute(timeline: Timeline, key: string): number | undefined {
  const rate = increaseOver(timeline, key, MINUTE_MS);
  return rate === undefined ? undefined : (rate.amount * 60) / rate.seconds;
}
