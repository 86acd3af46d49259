/** The tokens of one request. Cached tokens are part of `prompt`, reasoning is of `completion`. */
export interface LlmUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that is stored for an hour, which costs more. */
  readonly cacheWriteHour?: number | undefined;
  readonly reasoning: number;
  /** The cost in US dollars, if the provider states it. */
  readonly costUsd?: number | undefined;
  /** Whether the request was billed at the batch rate. */
  readonly batch?: boolean | undefined;
  /**
   * The tier that served the request if it is not the standard one: `flex`, `priority`… Several are
   * joined: `fast+us`.
   */
  readonly serviceTier?: string | undefined;
  /** The model that used them, if it is not that of the call: an advisor or a fallback of Claude. */
  readonly model?: string | undefined;
}
