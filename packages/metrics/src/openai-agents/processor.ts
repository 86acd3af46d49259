/*
 * The interface `TracingProcessor` of the agents SDK of OpenAI, by its shape: its declarations need
 * further packages, which a user of this one may not have.
 */

/** A span of the agents SDK. */
export interface AgentsSpan {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly spanData: { readonly type: string };
  readonly error: { readonly message: string; readonly data?: Record<string, unknown> } | null;
}

/** A processor for `addTraceProcessor` or `setTraceProcessors` of the agents SDK. */
export interface AgentsTracingProcessor {
  onTraceStart(trace: unknown): Promise<void>;
  onTraceEnd(trace: unknown): Promise<void>;
  onSpanStart(span: AgentsSpan): Promise<void>;
  onSpanEnd(span: AgentsSpan): Promise<void>;
  shutdown(timeout?: number): Promise<void>;
  forceFlush(): Promise<void>;
}
