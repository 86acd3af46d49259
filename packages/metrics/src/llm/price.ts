import type { LlmUsage } from './usage.ts';

/** The rates of a model in US dollars per million tokens. */
export interface LlmRates {
  readonly prompt: number;
  readonly completion: number;
  /** For tokens read from the provider's cache; as `prompt` by default. */
  readonly cacheRead?: number | undefined;
  /** For tokens written to the provider's cache; as `prompt` by default. */
  readonly cacheWrite?: number | undefined;
  /** For tokens written for an hour instead of minutes; as `cacheWrite` by default. */
  readonly cacheWriteHour?: number | undefined;
}

/** The price of a model. */
export interface LlmPrice extends LlmRates {
  /** Rates of requests whose prompt has more tokens than `above`, such as 200,000. */
  readonly tiers?: readonly (LlmRates & { readonly above: number })[] | undefined;
  /** The factor of the batch rate; 0.5 by default. */
  readonly batch?: number | undefined;
}

/** Gives the cost of one request in US dollars, or undefined if it is unknown. */
export type PriceFunction = (
  usage: LlmUsage,
  call: { readonly provider: string; readonly model: string },
) => number | undefined;

/** Prices by model, or by `provider/model`, which is looked up first. */
export type PriceTable = Readonly<Record<string, LlmPrice | PriceFunction>>;

const PER_TOKEN = 1e-6;

/** The parts of a call that its cost depends on. */
interface PricedCall {
  readonly provider: string;
  readonly model: string;
  readonly prices?: PriceTable | PriceFunction | undefined;
  readonly batch?: boolean | undefined;
}

/** Gives the cost of one request in US dollars: by the price, otherwise as the provider states it. */
export function costOf(usage: LlmUsage, call: PricedCall): number | undefined {
  const price = priceOf(call);
  const cost =
    typeof price === 'function'
      ? price(usage, { provider: call.provider, model: call.model })
      : price && costByRates(usage, price, call.batch ?? usage.batch ?? false);
  return cost ?? usage.costUsd;
}

function priceOf({ provider, model, prices }: PricedCall): LlmPrice | PriceFunction | undefined {
  if (typeof prices === 'function') return prices;
  // A table that was read from a file may be null, or have null in it.
  const table: Readonly<Record<string, LlmPrice | PriceFunction | null>> = prices ?? {};
  const key = [`${provider}/${model}`, model].find((name) => Object.hasOwn(table, name));
  return (key === undefined ? undefined : table[key]) ?? undefined;
}

function costByRates(usage: LlmUsage, price: LlmPrice, batch: boolean): number {
  const tier = [...(price.tiers ?? [])]
    .sort((a, b) => b.above - a.above)
    .find(({ above }) => usage.prompt > above);
  const { prompt, completion, cacheRead = prompt, cacheWrite = prompt } = tier ?? price;
  const cacheWriteHour = (tier ?? price).cacheWriteHour ?? cacheWrite;
  const hour = usage.cacheWriteHour ?? 0;
  const fresh = usage.prompt - usage.cacheRead - usage.cacheWrite;
  const full =
    fresh * prompt +
    usage.cacheRead * cacheRead +
    (usage.cacheWrite - hour) * cacheWrite +
    hour * cacheWriteHour +
    usage.completion * completion;
  return full * PER_TOKEN * (batch ? (price.batch ?? 0.5) : 1);
}
