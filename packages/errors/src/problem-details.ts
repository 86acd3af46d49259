import type { BaseError } from './base-error.ts';

/** The problem details of RFC 9457 with this package's extensions. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** Where a problem is documented and where it occurred. */
export interface ProblemOptions {
  /** The page that documents the codes, such as `https://example.com/docs/errors`. */
  readonly docsUrl?: string;
  /** A URI of this occurrence. */
  readonly instance?: string;
  /** A sentence that is safe to show; by default the one of the code. */
  readonly detail?: string;
}

/** Gives the problem details of an error, see https://www.rfc-editor.org/rfc/rfc9457. */
export function toProblemDetails(error: BaseError, options: ProblemOptions = {}): ProblemDetails {
  const { docAnchor, httpStatus, userMessage } = error.info;
  return {
    type: options.docsUrl === undefined ? 'about:blank' : `${options.docsUrl}#${docAnchor}`,
    title: userMessage,
    status: httpStatus,
    detail: options.detail ?? userMessage,
    ...(options.instance === undefined ? {} : { instance: options.instance }),
    code: error.code,
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}
