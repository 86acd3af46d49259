/*
 * The part of LangChain's `CallbackHandlerMethods` that is implemented, by its shape: the declarations
 * of `@langchain/core` need further packages, which a user of this one may not have.
 */

/** Callbacks for the option `callbacks` of LangChain. */
export interface LangChainCallbacks {
  /** They run at once, in the context of the call, instead of in LangChain's background queue. */
  readonly awaitHandlers: true;
  handleChatModelStart(...started: StartedModel): void;
  handleLLMStart(...started: StartedModel): void;
  handleLLMNewToken(
    token: string,
    index: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    fields?: unknown,
  ): void;
  handleLLMEnd(
    output: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    extra?: unknown,
  ): void;
  handleLLMError(error: unknown, runId: string): void;
  handleChainStart(...started: StartedRun): void;
  handleChainEnd(output: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
  handleToolStart(...started: StartedRun): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
  handleRetrieverStart(...started: StartedRun): void;
  handleRetrieverEnd(documents: unknown, runId: string): void;
  handleRetrieverError(error: unknown, runId: string): void;
}

/** A model that starts. */
export type StartedModel = [
  model: unknown,
  input: unknown,
  runId: string,
  parentRunId?: string,
  extra?: unknown,
  tags?: string[],
  metadata?: unknown,
];

/** A chain, tool or retriever that starts; LangChain's declarations of chains differ from its calls. */
export type StartedRun = [
  run: unknown,
  input: unknown,
  runId: string,
  parentRunId?: string,
  ...rest: unknown[],
];
