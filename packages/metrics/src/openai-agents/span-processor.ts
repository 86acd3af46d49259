import { usagesOf } from '../llm/answer/answer.ts';
import { requestAttributes } from '../llm/answer/request-attributes.ts';
import type { RecordingOptions } from '../llm/call/call.ts';
import type { LlmObserver } from '../llm/call/observer.ts';
import { UnitTree } from '../llm/unit-tree.ts';
import { type Loose, loose } from '../llm/usage/loose.ts';
import type { AgentsSpan, AgentsTracingProcessor } from './processor.ts';
import { describe } from './span-descriptions.ts';
import { errorOf } from './span-error.ts';

/** Records the spans of the agents SDK, which logs the errors of a processor. */
export class SpanProcessor implements AgentsTracingProcessor {
  readonly #provider: string;
  readonly #units: UnitTree;

  constructor({
    provider = 'openai',
    ...options
  }: RecordingOptions & { readonly provider?: string | undefined }) {
    this.#provider = provider;
    this.#units = new UnitTree(options);
  }

  async onTraceStart(): Promise<void> {}

  async onTraceEnd(): Promise<void> {}

  async onSpanStart({ spanId, parentId, spanData }: AgentsSpan): Promise<void> {
    const data: Loose = spanData;
    if (!isRequest(spanData.type)) {
      this.#units.start(spanId, parentId, describe(data), spanData.type === 'turn');
      return;
    }
    // The SDK names the model of a request right after its start.
    await undefined;
    const model = text(data['model']);
    const { base_url: baseUrl, ...settings } = loose(data['model_config']);
    const request = () => requestAttributes(settings, baseUrl);
    this.#units.startRequest(spanId, parentId, { provider: this.#provider, model, request });
  }

  async onSpanEnd({ spanId, parentId, spanData, error }: AgentsSpan): Promise<void> {
    const data: Loose = spanData;
    if (spanData.type === 'turn') {
      this.#units.held(spanId)?.reading.usage(usageOfTurn(data['usage']));
    }
    if (spanData.type === 'handoff' && error === null) this.#countHandoff(data);
    const request = this.#units.request(spanId);
    const waits = request !== undefined && error === null && !readResponse(request, data);
    if (waits && this.#units.hold(spanId, parentId)) {
      // The turn has its usage.
      request.complete();
    } else if (error === null) {
      this.#units.end(spanId);
    } else {
      this.#units.fail(spanId, errorOf(error));
    }
  }

  async shutdown(): Promise<void> {}

  async forceFlush(): Promise<void> {}

  #countHandoff(data: Loose): void {
    const labels = { from_agent: text(data['from_agent']), to_agent: text(data['to_agent']) };
    this.#units.recording.manager.trackAgent('handoffs', labels);
  }
}

/** A request over the chat completions of OpenAI, or over its responses. */
function isRequest(type: string): boolean {
  return type === 'generation' || type === 'response';
}

/**
 * Reads the response of a request, which the SDK keeps unless it has to leave sensitive data out.
 *
 * @returns Whether its usage is known.
 */
function readResponse(request: LlmObserver, { type, output, usage, _response }: Loose): boolean {
  const [message] = Array.isArray(output) ? output : [];
  const response = loose((type === 'response' ? _response : message) ?? { usage });
  const { model } = response;
  // A response of the Responses API repeats the settings of its request.
  if (type === 'response') request.span?.request(requestAttributes(response));
  if (type === 'response' && typeof model === 'string') request.rename(model);
  request.reading.step(response);
  return usagesOf(response).length > 0;
}

/** The usage of a turn, in the words of OpenAI. */
function usageOfTurn(usage: unknown): object {
  const { cached_input_tokens, cache_write_input_tokens, ...tokens } = loose(usage);
  const input_tokens_details = {
    cached_tokens: cached_input_tokens,
    cache_write_tokens: cache_write_input_tokens,
  };
  return { ...tokens, input_tokens_details };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
