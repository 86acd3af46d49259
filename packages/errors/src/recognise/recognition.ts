import type { AnyErrorCode } from '../codes/error-code.ts';
import type { Details } from '../codes/error-details.ts';

/** The origin of an error, for errors that do not show it themselves. */
export type ErrorOrigin =
  | 'llm'
  | 'api'
  | 'tool'
  | 'agent'
  | 'task'
  | 'memory'
  | 'cache'
  | 'redis'
  | 'database';

/** The classification of a third-party error. */
export interface Recognition {
  readonly code: AnyErrorCode;
  readonly message?: string | undefined;
  readonly details?: Details | undefined;
  /** How long to wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Overrides the retry classification of the code; see `BaseErrorOptions`. */
  readonly retryable?: boolean | 'conditional' | undefined;
}

/** Further input of a recogniser. @internal */
export interface RecogniseContext {
  readonly origin: ErrorOrigin | undefined;
  readonly maxRetryAfterMs: number;
  /** Recognises a cause or a child; undefined if it is missing or beyond the depth limit. */
  recurse(error: unknown): Recognition | undefined;
}

/** Looks at one kind of foreign error; gives undefined for every other. @internal */
export type Recogniser = (error: object, context: RecogniseContext) => Recognition | undefined;
