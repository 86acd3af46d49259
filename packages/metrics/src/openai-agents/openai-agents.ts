import { optionNames } from '@map/redaction/kernel';
import { checkOptions } from '../common/check.ts';
import type { RecordingOptions } from '../llm/call/call.ts';
import type { AgentsTracingProcessor } from './processor.ts';
import { SpanProcessor } from './span-processor.ts';

export type { AgentsSpan, AgentsTracingProcessor } from './processor.ts';

/** Options of {@link mapTracingProcessor}. */
export interface MapTracingProcessorOptions extends RecordingOptions {
  /** The provider of the models; `openai` by default. */
  readonly provider?: string | undefined;
}

const OPTIONS = optionNames<MapTracingProcessorOptions>({
  prices: true,
  manager: true,
  provider: true,
});

/**
 * Records what the agents SDK of OpenAI does, without a wrapper around its runs: each model request
 * as `observeLlm` records it, each handoff, and with OpenTelemetry a span of each run, agent, turn,
 * request and tool. Prompts and answers are not recorded.
 *
 * @param options Prices to count the cost, the provider, and the manager to record in: the shared
 * one by default.
 * @returns A processor for `addTraceProcessor`, or for `setTraceProcessors` to send no traces to
 * OpenAI.
 * @example
 * ```ts
 * import { mapTracingProcessor } from '@map/metrics/openai-agents';
 * import { setTraceProcessors } from '@openai/agents';
 *
 * setTraceProcessors([mapTracingProcessor({ prices: { 'gpt-4o': { prompt: 2.5, completion: 10 } } })]);
 * ```
 */
export function mapTracingProcessor(
  options: MapTracingProcessorOptions = {},
): AgentsTracingProcessor {
  checkOptions('mapTracingProcessor()', options, OPTIONS);
  return new SpanProcessor(options);
}
