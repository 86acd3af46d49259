import { checkOptions } from '../common/check.ts';
import type { RecordingOptions } from '../llm/call/call.ts';
import { RECORDING_OPTIONS } from '../llm/call/call.ts';
import type { LangChainCallbacks } from './callbacks.ts';
import { callbacksOf } from './run-callbacks.ts';

export type { LangChainCallbacks, StartedModel, StartedRun } from './callbacks.ts';

/** Options of {@link mapCallbacks}. */
export type MapCallbacksOptions = RecordingOptions;

/**
 * Records what LangChain does, without a wrapper around its calls: each model request as
 * `observeLlm` records it, and with OpenTelemetry a span of each outermost chain, request, tool and
 * retriever. Prompts and answers are not recorded.
 *
 * @param options Prices to count the cost, and the manager to record in: the shared one by default.
 * @returns Callbacks for the option `callbacks` of a model, a chain or one call.
 * @example
 * ```ts
 * import { mapCallbacks } from '@map/metrics/langchain';
 *
 * const callbacks = [mapCallbacks({ prices: { 'gpt-4o': { prompt: 2.5, completion: 10 } } })];
 * console.log(callbacks.length); // chain.invoke(input, { callbacks })
 * ```
 */
export function mapCallbacks(options: MapCallbacksOptions = {}): LangChainCallbacks {
  checkOptions('mapCallbacks()', options, RECORDING_OPTIONS);
  return callbacksOf(options);
}
