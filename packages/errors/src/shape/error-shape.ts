import type { ErrorCategory } from '../codes/category.ts';
import type { CodeInfo } from '../codes/code-info.ts';
import type { Retry } from '../codes/code-table.ts';
import type { AnyErrorCode } from '../codes/error-code.ts';

/** The shape of an error for code that renders or recognises it; `BaseError` implements it. */
export interface ErrorShape extends Error {
  readonly code: AnyErrorCode;
  readonly details: object;
  readonly retry: Retry;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly originalError: unknown;
  readonly httpStatus: number;
  readonly category: ErrorCategory;
  readonly info: CodeInfo;
}

/** The options of an error whose code is not known to the compiler. */
export interface ErrorShapeOptions {
  readonly code: AnyErrorCode;
  readonly message: string;
  readonly details?: Record<string, unknown>;
  readonly originalError?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly retryable?: boolean | 'conditional' | undefined;
  /** `false` omits the stack. */
  readonly stack?: false;
}
