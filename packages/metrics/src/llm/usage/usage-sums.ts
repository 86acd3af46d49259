import type { LlmUsage } from './usage.ts';

/** Returns whether one usage has all tokens of another. */
export function covers(a: LlmUsage, b: LlmUsage): boolean {
  return a.prompt >= b.prompt && a.completion >= b.completion;
}

/** As {@link covers}, for the sums of several requests. */
export function coversAll(a: readonly LlmUsage[], b: readonly LlmUsage[]): boolean {
  const [all, other] = [addUsage(a), addUsage(b)];
  return all !== undefined && other !== undefined && covers(all, other);
}

/** Adds up the usage of several requests; undefined if no request reported any. */
export function addUsage(parts: readonly LlmUsage[]): LlmUsage | undefined {
  const [first, ...others] = parts;
  return others.length === 0 ? first : parts.reduce(add);
}

function add(a: LlmUsage, b: LlmUsage): LlmUsage {
  const cost = a.costUsd === undefined && b.costUsd === undefined;
  return {
    prompt: a.prompt + b.prompt,
    completion: a.completion + b.completion,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheWriteHour: positive((a.cacheWriteHour ?? 0) + (b.cacheWriteHour ?? 0)),
    reasoning: a.reasoning + b.reasoning,
    costUsd: cost ? undefined : (a.costUsd ?? 0) + (b.costUsd ?? 0),
    batch: (a.batch === true && b.batch === true) || undefined,
    serviceTier: a.serviceTier === b.serviceTier ? a.serviceTier : undefined,
    model: a.model === b.model ? a.model : undefined,
  };
}

/** Keeps each part within its whole. */
export function clamp(usage: LlmUsage): LlmUsage {
  const cacheRead = Math.min(usage.cacheRead, usage.prompt);
  const cacheWrite = Math.min(usage.cacheWrite, usage.prompt - cacheRead);
  return {
    ...usage,
    cacheRead,
    cacheWrite,
    cacheWriteHour: positive(Math.min(usage.cacheWriteHour ?? 0, cacheWrite)),
    reasoning: Math.min(usage.reasoning, usage.completion),
  };
}

function positive(tokens: number): number | undefined {
  return tokens > 0 ? tokens : undefined;
}
