import {
  type AnyErrorCode,
  APIError,
  type BaseError,
  codeFromHttpStatus,
  convertException,
  ErrorCode,
  findCodeInfo,
  isBaseError,
  type ProblemDetails,
  type ProblemOptions,
} from '@map/errors';
import { checkNames, checkString, errorOf } from '@map/errors/kernel';
import { getContext, getLogger } from '@map/logger';
import { optionNames, readString } from '@map/redaction/kernel';
import { logOnce } from '../support/log-once.ts';
import { thrownBy } from './body-parser.ts';
import { frameworkHeaders, frameworkStatus } from './framework-status.ts';
import type { RequestLike, ResponseLike } from './request-context.ts';
import { requestStatus } from './request-fault.ts';

/** The response to a request that failed. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The problem details of RFC 9457, with nothing that an end user may not see. */
  readonly body: ProblemDetails & { readonly trace_id?: string };
}

/** Express' response, Fastify's reply, or Node's response. */
export interface ProblemTarget extends ResponseLike {
  /** Fastify; the argument of its `send` depends on the route. */
  code?(status: number): {
    headers(headers: Record<string, string>): { send(...body: never[]): unknown };
  };
  /** Node and Express. */
  writeHead?(status: number, headers: Record<string, string>): { end(body: string): unknown };
}

/**
 * Turns what a request handler threw into a response, and logs it once.
 *
 * @param error Anything; an error of the web framework or its middleware keeps its status.
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
  return problemOf(error, options);
}

/**
 * Does the same.
 *
 * @param given The status that the request gives this error.
 */
export function problemOf(thrown: unknown, options: ProblemOptions, given?: number): ProblemAnswer {
  const error = thrownBy(thrown);
  const known = given ?? frameworkStatus(thrown) ?? frameworkStatus(error);
  const problem = isBaseError(error) ? error : converted(error, known);
  logOnce(problem, getLogger('map.http'));
  const answer = answerOf(problem, known ?? problem.httpStatus, options ?? {});
  return { ...answer, headers: { ...frameworkHeaders(error), ...answer.headers } };
}

/** @param status That of the web framework, its middleware or the request, if one knows it. */
function converted(error: unknown, status: number | undefined): BaseError {
  const own = convertException(error, { origin: 'api' });
  if (status === undefined) return own;
  // Its message lacks the input that parsers of bodies quote.
  return errorOf({ code: codeOfStatus(status), message: own.message, originalError: error });
}

function answerOf(error: BaseError, status: number, options: ProblemOptions): ProblemAnswer {
  const traceId = getContext()?.traceId;
  const { retryAfterMs } = error;
  const problem = error.toProblemDetails(options);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1e3)) }),
    },
    body: {
      ...problem,
      status,
      ...(problem.type === 'about:blank' && { title: phraseOf(status) ?? problem.title }),
      ...(traceId !== undefined && { trace_id: traceId }),
    },
  };
}

const OPTIONS = optionNames<ProblemOptions>({ docsUrl: true, instance: true, detail: true });

/** A wrong option would otherwise fail while a request fails, whose client would see that. */
function checkOptions(call: string, options: ProblemOptions | undefined): void {
  checkNames(call, options ?? {}, OPTIONS);
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value !== undefined) checkString(name, value, call);
  }
}

/**
 * Makes an error handler for Express (`app.use(problemHandler())`, after the routes) and Fastify
 * (`app.setErrorHandler(problemHandler())`, and `fastify({ frameworkErrors: problemHandler() })` for bad
 * URLs).
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
  checkOptions('problemHandler()', options);
  // Express recognises an error handler by its four parameters.
  return (error, request, response, next) => {
    if (response.headersSent) {
      next?.(error);
      return;
    }
    send(response, problemOf(error, options, requestStatus(error, request)));
  };
}

/**
 * Makes the handler that responds to unknown routes with problem details: `app.use(notFoundHandler())`
 * in Express, after the routes, or `app.setNotFoundHandler(notFoundHandler())` in Fastify.
 *
 * @param options Where the codes are documented.
 * @returns The handler.
 */
export function notFoundHandler(
  options: ProblemOptions = {},
): (request: RequestLike, response: ProblemTarget) => void {
  checkOptions('notFoundHandler()', options);
  return (request, response) => send(response, notFound(readString(request, 'method'), options));
}

/** Problem details for a request that no route matches; nothing is logged. */
export function notFound(method = '', options: ProblemOptions = {}): ProblemAnswer {
  const message = `No route matches this ${method} request.`;
  const error = new APIError({ code: ErrorCode.NOT_FOUND, message, stack: false });
  return answerOf(error, error.httpStatus, options);
}

function send(response: ProblemTarget, { status, headers, body }: ProblemAnswer): void {
  const text = JSON.stringify(body);
  if (response.code !== undefined)
    response
      .code(status)
      .headers(headers)
      .send(text as never);
  else response.writeHead?.(status, headers).end(text);
}

/** The code of a status; one without a code, such as 413, gets the general code of its class. */
function codeOfStatus(status: number): AnyErrorCode {
  const code = codeFromHttpStatus(status);
  if (findCodeInfo(code)?.httpStatus === status) return code;
  return status < 500 ? ErrorCode.BAD_REQUEST : ErrorCode.SERVICE_UNAVAILABLE;
}

/** The title that RFC 9457 asks for if a problem type has no page. */
function phraseOf(status: number): string | undefined {
  return process.getBuiltinModule('node:http').STATUS_CODES[status];
}
