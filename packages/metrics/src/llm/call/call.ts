import type { SpanAttributes } from '@map/redaction/kernel';
import { optionNames } from '@map/redaction/kernel';
import type { MetricsManager } from '../../manager/manager.ts';
import type { PriceFunction, PriceTable } from '../usage/price.ts';

/** The description of a model call. */
export interface LlmCall {
  readonly provider: string;
  readonly model: string;
  /** `chat` by default; others are `embeddings`, `generate_content`… */
  readonly operation?: string | undefined;
  /** Prices by model or by `provider/model`, or a function, to count the cost. */
  readonly prices?: PriceTable | PriceFunction | undefined;
  /** Whether the request is billed at the batch rate; by default the response tells. */
  readonly batch?: boolean | undefined;
  /** The tier that serves the request, such as `flex`; by default the response tells. */
  readonly serviceTier?: string | undefined;
  /** The agent, task type or tenant that the cost is for: few values. */
  readonly attribution?: string | undefined;
  /**
   * The signal that can abort the call: a deadline then counts as an error, not as cancelled, and so
   * does an abort without this signal, which is the SDK's own time limit.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Reads the usage of a response or chunk that is not known here. It returns a usage object of a
   * known shape, or undefined.
   */
  readonly usage?: ((value: unknown) => unknown) | undefined;
  /** The manager to record in; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

/** A call that a framework reports. */
export interface ReportedCall extends LlmCall {
  /** Describes its request; called only with a provider of spans. */
  readonly request?: (() => SpanAttributes) | undefined;
}

/** Options of the adapters of frameworks that report their requests. */
export type RecordingOptions = Pick<LlmCall, 'prices' | 'manager'>;

/** The names of {@link RecordingOptions}. */
export const RECORDING_OPTIONS: ReadonlySet<string> = optionNames<RecordingOptions>({
  prices: true,
  manager: true,
});

/** The labels of a call's metrics. */
export function labelsOf({ provider, model }: LlmCall): { provider: string; model: string } {
  return { provider, model };
}
