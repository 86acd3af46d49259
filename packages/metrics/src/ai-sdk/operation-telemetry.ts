import { startSpan } from '@map/redaction/kernel';
import { requestAttributes } from '../llm/answer/request-attributes.ts';
import type { RecordingOptions, ReportedCall } from '../llm/call/call.ts';
import { outsideLlmCall } from '../llm/call/current-call.ts';
import type { OnLeft } from '../llm/call/reading.ts';
import { fail, MAX_OPEN, type Recording, recordingOf } from '../llm/call/recording.ts';
import { observe } from '../llm/observe.ts';
import { loose } from '../llm/usage/loose.ts';
import { readUsage } from '../llm/usage/read-usage.ts';
import { Operation } from './operation.ts';
import type { AiSdkTelemetry } from './telemetry.ts';

/** The argument of a method. */
type Event<K extends keyof AiSdkTelemetry> = Parameters<AiSdkTelemetry[K]>[0];

/** Operations that consist of steps or of one object; the others are requests alone. */
const GENERATIONS = ['ai.generateText', 'ai.streamText', 'ai.generateObject', 'ai.streamObject'];

/** A response that contains an error ends its step normally; the span of the request has the error. */
const FAILED_STREAM = { code: 'finish_reason_error' };

/** Records the operations of the AI SDK. The SDK ignores an error of a callback. */
export class OperationTelemetry implements AiSdkTelemetry {
  readonly #options: RecordingOptions;
  readonly #operations = new Map<string, Operation>();

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  onStart(event: Event<'onStart'>): void {
    const { callId, operationId, provider, modelId, functionId } = event;
    const describe = () => ({
      name: functionId === undefined ? 'invoke_agent' : `invoke_agent ${functionId}`,
      kind: 'internal' as const,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': functionId,
        'gen_ai.provider.name': providerOf(provider),
        'gen_ai.request.model': modelId,
      },
    });
    const isGeneration = GENERATIONS.includes(operationId);
    // The start of an object's request does not name its settings.
    const request = operationId.endsWith('Object') ? requestAttributes(event) : {};
    const operation = new Operation(
      this.#recording(),
      isGeneration ? describe : undefined,
      request,
    );
    this.#operations.set(callId, operation);
    if (this.#operations.size > MAX_OPEN) {
      const [oldest] = this.#operations.keys();
      if (oldest !== undefined) this.#fail(oldest, { name: 'AbortError' });
    }
  }

  onStepStart({ callId, stepNumber }: Event<'onStepStart'>): void {
    this.#operations.get(callId)?.startStep(() => ({
      name: 'step',
      kind: 'internal',
      attributes: { 'map.step.number': stepNumber + 1 },
    }));
  }

  onStepEnd({ callId, finishReason }: Event<'onStepEnd'>): void {
    const operation = this.#operations.get(callId);
    if (finishReason === 'error') operation?.failStep(FAILED_STREAM);
    else operation?.endStep();
  }

  onObjectStepStart({ callId, ...model }: Event<'onObjectStepStart'>): void {
    const request = () => this.#operations.get(callId)?.request ?? {};
    this.#startRequest(callId, callId, this.#call(model, 'chat', request));
  }

  onObjectStepEnd({ callId, usage, response, finishReason }: Event<'onObjectStepEnd'>): void {
    // The SDK drops the error of a stream, and with it the reason and the usage.
    const isCut = finishReason === 'other' && readUsage(usage) === undefined;
    const end = isCut || finishReason === 'error' ? { status: 'failed', error: FAILED_STREAM } : {};
    this.#operations.get(callId)?.endRequest(callId, { usage, response, ...end });
  }

  onEmbedStart(event: Event<'onEmbedStart'>): void {
    const call = this.#call(event, 'embeddings', () => requestAttributes(event));
    this.#startRequest(event.callId, event.embedCallId, call);
  }

  onEmbedEnd({ callId, embedCallId, usage }: Event<'onEmbedEnd'>): void {
    this.#operations.get(callId)?.endRequest(embedCallId, { usage });
  }

  onRerankStart({ callId, ...model }: Event<'onRerankStart'>): void {
    this.#startRequest(callId, callId, this.#call(model, 'rerank'));
  }

  onRerankEnd({ callId }: Event<'onRerankEnd'>): void {
    this.#operations.get(callId)?.endRequest(callId, {});
  }

  onEnd({ callId, finishReason }: Event<'onEnd'>): void {
    if (finishReason === 'error') {
      this.#fail(callId, FAILED_STREAM);
      return;
    }
    this.#operations.get(callId)?.end();
    this.#operations.delete(callId);
  }

  onAbort({ callId, reason }: Event<'onAbort'>): void {
    this.#fail(callId, { name: 'AbortError', reason });
  }

  onError(event: unknown): void {
    const { callId, error } = event as { readonly callId: string; readonly error: unknown };
    // The SDK fails so where it writes on to a stream that its reader has left.
    const isLeft = loose(error)['code'] === 'ERR_INVALID_STATE';
    this.#fail(callId, isLeft ? { name: 'AbortError' } : error);
  }

  executeLanguageModelCall<T>(
    event: Event<'executeLanguageModelCall'> & { readonly execute: () => PromiseLike<T> },
  ): PromiseLike<T> {
    const { callId, provider = '', modelId = '', execute, ...settings } = event;
    const operation = this.#operations.get(callId);
    if (operation?.isObserved) return operation.run(execute);
    const call = this.#call({ provider, modelId }, 'chat', () => requestAttributes(settings));
    if (operation === undefined) return observe(call, execute, (error, end) => end(error));
    const onLeft: OnLeft = (error, end) => {
      operation.leave(error, end);
      // The SDK reports an abort with its reason right after it has left the stream.
      setImmediate(() => this.#endLeft(callId, operation, error));
    };
    return operation.run(() => observe(call, execute, onLeft));
  }

  executeTool<T>(
    event: Event<'executeTool'> & { readonly execute: () => PromiseLike<T> },
  ): PromiseLike<T> {
    const { callId, toolCallId, toolCall, execute } = event;
    const tool = toolCall?.toolName ?? '';
    const run = () => {
      const span = startSpan(() => ({
        name: `execute_tool ${tool}`,
        kind: 'internal',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.type': 'function',
          'gen_ai.tool.call.id': toolCallId,
        },
      }));
      if (span === undefined) return outsideLlmCall(execute);
      const running = span.run(() => outsideLlmCall(execute));
      const failed = (error: unknown): never => {
        fail(span, error, this.#recording());
        span.end();
        throw error;
      };
      return running.then((result) => {
        span.end();
        return result;
      }, failed);
    };
    const operation = this.#operations.get(callId);
    return operation === undefined ? run() : operation.run(run);
  }

  #startRequest(callId: string, id: string, call: ReportedCall): void {
    const leave = () => this.#fail(callId, { name: 'AbortError' });
    this.#operations.get(callId)?.startRequest(id, call, leave);
  }

  #fail(callId: string, error: unknown): void {
    this.#operations.get(callId)?.fail(error);
    this.#operations.delete(callId);
  }

  #endLeft(callId: string, left: Operation, error: unknown): void {
    if (this.#operations.get(callId) === left) this.#fail(callId, error);
  }

  #recording(): Recording {
    return recordingOf(this.#options);
  }

  #call(
    model: { readonly provider: string; readonly modelId: string },
    operation: string,
    request?: ReportedCall['request'],
  ): ReportedCall {
    const provider = providerOf(model.provider);
    return { ...this.#recording(), provider, model: model.modelId, operation, request };
  }
}

/** The AI SDK names a provider with its interface, such as `openai.chat`. */
function providerOf(name: string): string {
  return name.split('.', 1)[0] ?? name;
}
