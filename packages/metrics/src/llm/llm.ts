import { isAbortSignal, optionNames } from '@map/redaction/kernel';
import { check, checkFlag, checkFunction, checkMethod, checkOptions } from '../common/check.ts';
import type { LlmCall } from './call/call.ts';
import { isReported } from './call/current-call.ts';
import { observe } from './observe.ts';

export type { LlmCall } from './call/call.ts';
export { type CostMeter, meterCost } from './call/cost-meter.ts';
export { currentLlmCall } from './call/current-call.ts';
export type { LlmPrice, LlmRates, PriceFunction, PriceTable } from './usage/price.ts';
export { readUsage } from './usage/read-usage.ts';
export type { LlmUsage } from './usage/usage.ts';

const CALL = optionNames<LlmCall>({
  provider: true,
  model: true,
  operation: true,
  prices: true,
  batch: true,
  serviceTier: true,
  attribution: true,
  signal: true,
  usage: true,
  manager: true,
});

/**
 * Observes one model call of any SDK: requests, duration, tokens, time to the first token, time per
 * token, errors, calls in flight and, with prices, cost. With OpenTelemetry, the call is a span as
 * well, by the conventions for generative AI, without prompts and answers.
 *
 * Usage is read from responses and streams by their shape; the guide lists the SDKs. The result of
 * the call is passed on: a promise keeps its extra methods, a stream is read at the receiver's pace
 * only, and leaving it early ends the request as before.
 *
 * @param call The provider, the model and the operation, and prices to count the cost.
 * @param run Makes the call. `withResponse()` and the like belong inside.
 * @returns The return value of `run`.
 * @throws The error of `run`.
 * @example
 * ```ts
 * import { observeLlm } from '@map/metrics/llm';
 *
 * const response = await observeLlm({ provider: 'openai', model: 'gpt-4' }, async () => ({
 *   usage: { prompt_tokens: 12, completion_tokens: 3 },
 * }));
 * console.log(response.usage.prompt_tokens);
 * ```
 */
export function observeLlm<T>(call: LlmCall, run: () => T): T {
  checkOptions('observeLlm()', call, CALL);
  checkFunction('run', run);
  const { batch, manager, signal, usage } = call;
  checkFlag('batch', batch);
  if (manager !== undefined) checkMethod('manager', manager, 'trackLlm');
  check(signal === undefined || isAbortSignal(signal), 'signal', 'an AbortSignal', signal);
  if (usage !== undefined) checkFunction('usage', usage);
  // A framework that reports its requests has counted this one already.
  return isReported(call.model) ? run() : observe(call, run);
}
