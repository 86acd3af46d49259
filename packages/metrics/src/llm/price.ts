import type { LlmUsage } from './usage.ts';

/** What a model costs, in US dollars per million tokens. */
export interface LlmPrice {
  readonly prompt: number;
  readonly completion: number;
  /** Of tokens read from the provider's cache; as `prompt` by default. */
  readonly cacheRead?: number | undefined;
  /** Of tokens written to the provider's cache; as `prompt` by default. */
  readonly cacheWrite?: number | undefined;
}

/** Prices by model, or by `provider/model`, which goes first. */
export type PriceTable = Readonly<Record<string, LlmPrice>>;

const PER_TOKEN = 1e-6;

/** The cost of one request in US dollars, or undefined where the table has no price. */
export function costOf(
  usage: LlmUsage,
  { provider, model, prices }: { provider: string; model: string; prices?: PriceTable | undefined },
): number | undefined {
  // A table that was read from a file may hold null, or be it.
  const table: Readonly<Record<string, LlmPrice | null>> = prices ?? {};
  const key = [`${provider}/${model}`, model].find((name) => Object.hasOwn(table, name));
  const price = key === undefined ? undefined : table[key];
  if (price === undefined || price === null) return undefined;
  const { prompt, completion, cacheRead = prompt, cacheWrite = prompt } = price;
  const fresh = Math.max(0, usage.prompt - usage.cacheRead - usage.cacheWrite);
  return (
    PER_TOKEN *
    (fresh * prompt +
      usage.cacheRead * cacheRead +
      usage.cacheWrite * cacheWrite +
      usage.completion * completion)
  );
}
