import { optionNames } from '@map/redaction/kernel';
import { calcPrice } from '@pydantic/genai-prices';
import { check, checkObject, checkOptions } from '../common/check.ts';
import { costOf, type PriceFunction, type PriceTable, priceOf, tierFactor } from './usage/price.ts';
import type { LlmUsage } from './usage/usage.ts';

/** Options of {@link genaiPrices}. */
export interface GenaiPricesOptions {
  /** Prices of your own, by model or by `provider/model`; they win. */
  readonly own?: PriceTable | undefined;
  /** The factor of the batch rate, from 0 to 1; 0.5 by default. */
  readonly batch?: number | undefined;
  /**
   * The factors of service tiers, such as `{ flex: 0.5 }`: the collection has standard prices. The
   * cost of a tier without a factor is unknown.
   */
  readonly serviceTiers?: Readonly<Record<string, number>> | undefined;
}

/** Names of providers that the collection has under another name. */
const PROVIDERS: Readonly<Record<string, string>> = {
  'azure.ai.inference': 'azure',
  'azure.ai.openai': 'azure',
  'gcp.gen_ai': 'google',
  x_ai: 'x-ai',
};

const OPTIONS = optionNames<GenaiPricesOptions>({
  own: true,
  batch: true,
  serviceTiers: true,
});

/**
 * Returns prices from the collection of `@pydantic/genai-prices`, with cache reads and writes, tiers
 * and the batch rate. A model or provider that the collection does not know has no cost and counts
 * in `llm_cost_unknown_total`.
 *
 * The package has to be installed beside this one; its version is that of the prices.
 *
 * @param options Prices of your own, and the factor of the batch rate.
 * @returns A function for the option `prices` of `observeLlm`.
 * @throws {MetricsError} `METRICS_OPTION_INVALID` if an option is invalid. An own price that is not a
 *   number does not throw: its cost is unknown.
 * @example
 * ```ts
 * import { observeLlm } from '@map/metrics/llm';
 * import { genaiPrices } from '@map/metrics/prices';
 *
 * const prices = genaiPrices({ own: { 'my-model': { prompt: 1, completion: 2 } } });
 * await observeLlm({ provider: 'openai', model: 'gpt-4o', prices }, async () => ({
 *   usage: { prompt_tokens: 12, completion_tokens: 3 },
 * }));
 * ```
 */
export function genaiPrices(options: GenaiPricesOptions = {}): PriceFunction {
  checkOptions('genaiPrices()', options, OPTIONS);
  const { own, batch = 0.5, serviceTiers } = options;
  checkObject('own', own ?? {});
  checkObject('serviceTiers', serviceTiers ?? {});
  check(
    typeof batch === 'number' && batch >= 0 && batch <= 1,
    'batch',
    'a number from 0 to 1',
    batch,
  );
  return (usage, { provider, model }) => {
    if (priceOf({ provider, model, prices: own }) !== undefined) {
      return costOf({ ...usage, costUsd: undefined }, { provider, model, prices: own });
    }
    const factor = tierFactor(usage, serviceTiers);
    if (factor === undefined) return undefined;
    const providerId = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : provider;
    const found = calcPrice(tokensOf(usage), model, { ...(providerId && { providerId }) });
    if (found === null) return undefined;
    return found.total_price * factor * (usage.batch === true ? batch : 1);
  };
}

function tokensOf(usage: LlmUsage): Record<string, number> {
  const { prompt, completion, cacheRead, cacheWrite, cacheWriteHour = 0 } = usage;
  return {
    input_tokens: prompt,
    output_tokens: completion,
    ...(cacheRead > 0 && { cache_read_tokens: cacheRead }),
    ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }),
    ...(cacheWriteHour > 0 && { cache_write_1h_tokens: cacheWriteHour }),
  };
}
