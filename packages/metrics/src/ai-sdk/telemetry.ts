/*
 * The part of the AI SDK's interface `Telemetry` that is implemented, by its shape: the declarations
 * of `ai` need the types of a browser, which a server does not have.
 */

/** An event of a model of one operation. */
export interface ModelEvent {
  readonly callId: string;
  readonly provider: string;
  readonly modelId: string;
}

/** An integration for `registerTelemetry` of the AI SDK 7. */
export interface AiSdkTelemetry {
  onStart(
    event: ModelEvent & {
      readonly operationId: string;
      readonly functionId?: string | undefined;
    },
  ): void;
  onStepStart(event: { readonly callId: string; readonly stepNumber: number }): void;
  onStepEnd(event: { readonly callId: string; readonly finishReason: string }): void;
  onObjectStepStart(event: ModelEvent): void;
  onObjectStepEnd(event: {
    readonly callId: string;
    readonly finishReason?: string | undefined;
    readonly usage: unknown;
    readonly response: unknown;
  }): void;
  onEmbedStart(event: ModelEvent & { readonly embedCallId: string }): void;
  onEmbedEnd(event: {
    readonly callId: string;
    readonly embedCallId: string;
    readonly usage: unknown;
  }): void;
  onRerankStart(event: ModelEvent): void;
  onRerankEnd(event: { readonly callId: string }): void;
  onEnd(event: { readonly callId: string; readonly finishReason?: string | undefined }): void;
  onAbort(event: { readonly callId: string; readonly reason?: unknown }): void;
  onError(event: unknown): void;
  executeLanguageModelCall<T>(event: {
    readonly callId: string;
    readonly provider?: string | undefined;
    readonly modelId?: string | undefined;
    readonly execute: () => PromiseLike<T>;
  }): PromiseLike<T>;
  executeTool<T>(event: {
    readonly callId: string;
    readonly toolCallId: string;
    readonly toolCall?: { readonly toolName: string } | undefined;
    readonly execute: () => PromiseLike<T>;
  }): PromiseLike<T>;
}
