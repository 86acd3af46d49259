import { valueAtOnce } from '@map/redaction/kernel';
import { tierOf } from './service-tier.ts';
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
  /**
   * Rates of requests whose prompt has more tokens than `above`, such as 200,000. Rates of cached
   * tokens that a tier leaves out keep their ratio to `prompt`.
   */
  readonly tiers?: readonly (LlmRates & { readonly above: number })[] | undefined;
  /** The factor of the batch rate; 0.5 by default. */
  readonly batch?: number | undefined;
  /**
   * The factors of service tiers, such as `{ flex: 0.5 }`, and of regions, such as `{ us: 1.1 }`; a
   * tier without one has no known cost.
   */
  readonly serviceTiers?: Readonly<Record<string, number>> | undefined;
}

/** Returns the cost of one request in US dollars, or undefined if it is unknown. */
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
  readonly serviceTier?: string | undefined;
}

/** Returns the cost of one request in US dollars: by the price, otherwise as the provider states it. */
export function costOf(usage: LlmUsage, call: PricedCall): number | undefined {
  const price = priceOf(call);
  const { provider, model, serviceTier } = call;
  const billed = {
    ...usage,
    batch: call.batch ?? usage.batch,
    serviceTier: serviceTier === undefined ? usage.serviceTier : tierOf(serviceTier),
  };
  const cost =
    typeof price === 'function'
      ? valueAtOnce(price(billed, { provider, model }))
      : price && costByRates(billed, price);
  return cost ?? usage.costUsd;
}

/** Returns the price of a model, if it is listed. */
export function priceOf({
  provider,
  model,
  prices,
}: PricedCall): LlmPrice | PriceFunction | undefined {
  if (typeof prices === 'function') return prices;
  // A table that was read from a file may be null, or have null in it.
  if (!prices) return undefined;
  const table: Readonly<Record<string, LlmPrice | PriceFunction | null>> = prices;
  const key = [`${provider}/${model}`, model].find((name) => Object.hasOwn(table, name));
  return (key === undefined ? undefined : table[key]) ?? undefined;
}

/** Returns the factor by which a tier changes the price, or undefined if it is unknown. */
export function tierFactor(
  { serviceTier }: LlmUsage,
  factors: LlmPrice['serviceTiers'] = {},
): number | undefined {
  const tiers = serviceTier?.split('+') ?? [];
  const known = tiers.filter((tier) => Object.hasOwn(factors, tier));
  if (known.length < tiers.length) return undefined;
  return known.reduce((product, tier) => product * (factors[tier] ?? NaN), 1);
}

function costByRates(usage: LlmUsage, price: LlmPrice): number | undefined {
  const factor = tierFactor(usage, price.serviceTiers);
  if (factor === undefined) return undefined;
  const rates = ratesOf(usage, price);
  // A file may have null or a negative number, which would make a part of the cost free.
  if (!Object.values(rates).every((rate) => typeof rate === 'number' && rate >= 0)) {
    return undefined;
  }
  const { prompt, completion, cacheRead, cacheWrite, cacheWriteHour } = rates;
  const hour = usage.cacheWriteHour ?? 0;
  const fresh = usage.prompt - usage.cacheRead - usage.cacheWrite;
  const full =
    fresh * prompt +
    usage.cacheRead * cacheRead +
    (usage.cacheWrite - hour) * cacheWrite +
    hour * cacheWriteHour +
    usage.completion * completion;
  return full * PER_TOKEN * factor * (usage.batch ? (price.batch ?? 0.5) : 1);
}

/** The rates of a request, those that are not given included. */
function ratesOf(usage: LlmUsage, price: LlmPrice): { [K in keyof LlmRates]-?: number } {
  const { prompt, completion } = price;
  const cacheRead = price.cacheRead ?? prompt;
  const cacheWrite = price.cacheWrite ?? prompt;
  const cacheWriteHour = price.cacheWriteHour ?? cacheWrite;
  const rates = { prompt, completion, cacheRead, cacheWrite, cacheWriteHour };
  const tier = [...(price.tiers ?? [])]
    .sort((a, b) => b.above - a.above)
    .find(({ above }) => usage.prompt > above);
  if (tier === undefined) return rates;
  const by = (rate: number) => (prompt > 0 ? (rate * tier.prompt) / prompt : tier.prompt);
  return {
    prompt: tier.prompt,
    completion: tier.completion,
    cacheRead: tier.cacheRead ?? by(cacheRead),
    cacheWrite: tier.cacheWrite ?? by(cacheWrite),
    cacheWriteHour: tier.cacheWriteHour ?? by(cacheWriteHour),
  };
}
