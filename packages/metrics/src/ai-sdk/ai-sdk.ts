import { checkOptions } from '../common/check.ts';
import type { RecordingOptions } from '../llm/call/call.ts';
import { RECORDING_OPTIONS } from '../llm/call/call.ts';
import { OperationTelemetry } from './operation-telemetry.ts';
import type { AiSdkTelemetry } from './telemetry.ts';

export type { AiSdkTelemetry, ModelEvent } from './telemetry.ts';

/** Options of {@link mapTelemetry}. */
export type MapTelemetryOptions = RecordingOptions;

/**
 * Records what the AI SDK 7 does, without a wrapper around its calls: each model request as
 * `observeLlm` records it, and with OpenTelemetry a span of each generation, step, request and tool.
 * Prompts and answers are not recorded.
 *
 * @param options Prices to count the cost, and the manager to record in: the shared one by default.
 * @returns An integration for `registerTelemetry`, or for `telemetry.integrations` of one call.
 * @example
 * ```ts
 * import { mapTelemetry } from '@map/metrics/ai-sdk';
 * import { registerTelemetry } from 'ai';
 *
 * registerTelemetry(mapTelemetry({ prices: { 'gpt-4o': { prompt: 2.5, completion: 10 } } }));
 * ```
 */
export function mapTelemetry(options: MapTelemetryOptions = {}): AiSdkTelemetry {
  checkOptions('mapTelemetry()', options, RECORDING_OPTIONS);
  return new OperationTelemetry(options);
}
