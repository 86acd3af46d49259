import type { Reply } from '../llm-replay.ts';

/** One SDK and mode: what the endpoint replies, how it is called, and what has to be recorded. */
export interface Row {
  readonly name: string;
  readonly replies: readonly Reply[];
  readonly run: () => unknown;
  /** Prompt, completion, and where they matter cached and reasoning tokens: all that was stated. */
  readonly tokens: readonly number[];
  /** The type of the failure; the call succeeds by default. */
  readonly failure?: string;
  /** The spans, each under its parent; one of the call by default. */
  readonly spans?: readonly string[];
  /** Requests that are recorded each; one by default. */
  readonly requests?: number;
}
