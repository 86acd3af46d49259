import { redactText } from '@map/redaction';
import { describeValue, firstItems, read, readString } from '@map/redaction/kernel';
import type { AnyErrorCode } from '../codes/error-code.ts';
import type { ValidationIssue } from '../codes/error-details.ts';
import type { ErrorShape } from '../shape/error-shape.ts';

/** The problem details of RFC 9457 with MAP's extensions. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly code: AnyErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** The faults in the caller's input, for validation errors. */
  readonly errors?: readonly ValidationIssue[];
}

/** Where a problem is documented, and where it occurred. */
export interface ProblemOptions {
  /** The page that documents the codes, such as `https://example.com/docs/errors`. */
  readonly docsUrl?: string;
  /** A URI of this occurrence. */
  readonly instance?: string;
  /** A sentence that is safe to show. Default: the user message of the code. */
  readonly detail?: string;
}

const MAX_ISSUES = 100;

// Without a documentation page the type is `about:blank`, whose title is the status phrase.
const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Content',
  424: 'Failed Dependency',
  429: 'Too Many Requests',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};

/** Returns the problem details of an error, see https://www.rfc-editor.org/rfc/rfc9457. @internal */
export function toProblemDetails(error: ErrorShape, options: ProblemOptions = {}): ProblemDetails {
  const { docAnchor, httpStatus, userMessage } = error.info;
  const { docsUrl, instance, detail = userMessage } = options;
  const issues = error.category === 'validation' ? issuesOf(error.details) : undefined;
  return {
    type: docsUrl === undefined ? 'about:blank' : `${stringOf('docsUrl', docsUrl)}#${docAnchor}`,
    title: docsUrl === undefined ? (PHRASES[httpStatus] ?? 'Error') : userMessage,
    status: httpStatus,
    detail: redactText(stringOf('detail', detail)),
    ...(instance === undefined ? {} : { instance: redactText(stringOf('instance', instance)) }),
    code: error.code,
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(issues === undefined ? {} : { errors: issues }),
  };
}

function stringOf(option: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`\`${option}\` must be a string, got ${describeValue(value)}.`);
}

function issuesOf(details: unknown): readonly ValidationIssue[] | undefined {
  return firstItems(read(details, 'issues'), MAX_ISSUES)?.map((issue) => ({
    path: redactText(readString(issue, 'path') ?? '', { limit: 300 }),
    message: redactText(readString(issue, 'message') ?? '', { limit: 500 }),
  }));
}
