import type { Loose } from '../usage/loose.ts';
import type { LlmUsage } from '../usage/usage.ts';

/** The news in one chunk of a streamed response. */
export interface ChunkNews {
  /** Whether it carries output: text, reasoning or a tool call. */
  readonly content?: boolean | undefined;
  /** Whether the output is reasoning. */
  readonly reasoning?: boolean | undefined;
  /** Whether it stands for reasoning that is not shown. */
  readonly hidden?: boolean | undefined;
  /** Usage so far, of the current model request. */
  readonly usage?: Loose | undefined;
  /** Whether the usage adds to that of earlier chunks instead of replacing it. */
  readonly adds?: boolean | undefined;
  /** Whether the usage has the output of the whole request, where that of earlier chunks adds up. */
  readonly isOutputSoFar?: boolean | undefined;
  /** The request that it adds to, where chunks of several ones are mixed. */
  readonly request?: unknown;
  /** The id of the response, where a stream has several in turn. */
  readonly response?: unknown;
  /** Whether a tool of the provider runs, so that no output is generated meanwhile. */
  readonly pauses?: boolean | undefined;
  /** Whether the current model request ends with this chunk; another one may follow. */
  readonly stepEnds?: boolean | undefined;
  /** Usage of the whole run. */
  readonly total?: Loose | undefined;
  /** Usage of each request, of a line of the results of a batch. */
  readonly batch?: readonly LlmUsage[] | undefined;
  /** The failure that it reports. */
  readonly failed?: unknown;
}

/** Whether a part of a delta has something: many providers send empty strings and lists. */
export function isFull(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
