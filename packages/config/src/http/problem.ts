import {
  type AnyErrorCode,
  codeFromHttpStatus,
  convertException,
  ErrorCode,
  findCodeInfo,
  type ProblemDetails,
  type ProblemOptions,
} from '@map/errors';
import { getContext, getLogger } from '@map/logger';
import { codedError } from '../support/coded-error.ts';
import { logOnce } from '../support/log-once.ts';
import type { ResponseLike } from './request-context.ts';

/** The response to a request that failed. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The problem details of RFC 9457, with nothing that an end user may not see. */
  readonly body: ProblemDetails & { readonly trace_id?: string };
}

/** Express' response, Fastify's reply, or Node's response. */
export interface ProblemTarget extends ResponseLike {
  /** Fastify. */
  code?(status: number): {
    headers(headers: Record<string, string>): { send(body: string): unknown };
  };
  /** Node and Express. */
  writeHead?(status: number, headers: Record<string, string>): { end(body: string): unknown };
}

/**
 * Turns what a request handler threw into a response, and logs it once.
 *
 * @param error Anything; a client error of the web framework keeps its status.
 * @param options Where the codes are documented.
 * @returns Status, headers and body.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 * @example
 * ```ts
 * import { toProblem } from '@map/config/http';
 * import { AuthError, ErrorCode } from '@map/config/errors';
 *
 * const response = toProblem(
 *   new AuthError({ code: ErrorCode.TOKEN_EXPIRED, message: 'The token expired an hour ago.' }),
 * );
 * console.log(response.status); // 401
 * ```
 */
export function toProblem(error: unknown, options: ProblemOptions = {}): ProblemAnswer {
  const status = frameworkStatus(error);
  const converted =
    status === undefined
      ? convertException(error, { origin: 'api' })
      : codedError({
          code: codeOfClientError(status),
          message: (error as Error).message,
          originalError: error,
        });
  logOnce(converted, getLogger('map.http'));
  const traceId = getContext()?.traceId;
  const answer = status ?? converted.httpStatus;
  const { retryAfterMs } = converted;
  const problem = converted.toProblemDetails(options);
  return {
    status: answer,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1e3)) }),
    },
    body: {
      ...problem,
      status: answer,
      ...(problem.type === 'about:blank' && { title: phraseOf(answer) ?? problem.title }),
      ...(traceId !== undefined && { trace_id: traceId }),
    },
  };
}

/**
 * Makes an error handler for Express (`app.use(problemHandler())`, after the routes) and Fastify
 * (`app.setErrorHandler(problemHandler())`).
 *
 * @param options Where the codes are documented.
 * @returns The handler.
 */
export function problemHandler(
  options: ProblemOptions = {},
): (
  error: unknown,
  request: unknown,
  response: ProblemTarget,
  next?: (error: unknown) => void,
) => void {
  // Express recognises an error handler by its four parameters.
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next?.(error);
      return;
    }
    const { status, headers, body } = toProblem(error, options);
    const text = JSON.stringify(body);
    if (response.code !== undefined) response.code(status).headers(headers).send(text);
    else response.writeHead?.(status, headers).end(text);
  };
}

/** The status of an error that a web framework made for a bad request; its message is for clients. */
function frameworkStatus(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { expose, code, statusCode, getStatus, getResponse } = error as {
    expose?: unknown;
    code?: unknown;
    statusCode?: unknown;
    getStatus?: unknown;
    getResponse?: unknown;
  };
  // Nest's exceptions have methods.
  const nest = typeof getStatus === 'function' && typeof getResponse === 'function';
  const known = nest || expose === true || (typeof code === 'string' && code.startsWith('FST_'));
  const status: unknown = nest ? getStatus.call(error) : statusCode;
  const client = typeof status === 'number' && status >= 400 && status < 500;
  return known && client ? status : undefined;
}

/** The code of a status; a status without one, such as 413, is a bad request. */
function codeOfClientError(status: number): AnyErrorCode {
  const code = codeFromHttpStatus(status);
  return findCodeInfo(code)?.httpStatus === status ? code : ErrorCode.BAD_REQUEST;
}

/** The title that RFC 9457 asks for if a problem type has no page. */
function phraseOf(status: number): string | undefined {
  return process.getBuiltinModule('node:http').STATUS_CODES[status];
}
