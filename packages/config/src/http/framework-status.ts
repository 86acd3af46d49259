import { convertException, findCodeInfo } from '@map/errors';
import { isObject, read } from '@map/redaction/kernel';
import { bodyParserStatus } from './body-parser.ts';
import { wordStatus } from './word-status.ts';

/** The members by which errors of web frameworks are distinguished. */
interface FrameworkError {
  readonly expose?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly getStatus?: unknown;
  readonly getResponse?: unknown;
}

/**
 * Members of errors that clients of other services throw: their status is that of the other
 * service, and says nothing about this request.
 */
const UPSTREAM = [
  'response',
  'request',
  'config',
  'options',
  'url',
  'body',
  'responseBody',
  'responseHeaders',
  'rawResponse',
  'requestID',
  'request_id',
  '$metadata',
  'status_code',
];

/**
 * Returns the status that a web framework or its middleware gave an error, if it did:
 *
 * - Nest's exceptions have methods, and Hono's have one of them;
 * - errors of http-errors (Express, send, body-parser) have a boolean `expose`;
 * - Fastify's codes begin with `FST_`;
 * - Boom's, of hapi, have an `output`, and h3's an `unhandled`;
 * - those of tRPC and GraphQL have a word, such as `NOT_FOUND`;
 * - multer's have codes alone, and those of other parsers of bodies their sentence;
 * - other middleware (Express' router, express-jwt, `@fastify/rate-limit`) sets a client status or
 *   503, which both frameworks honour;
 * - a payload of Fastify, which an `errorResponseBuilder` returns, is thrown as it is, and so is the
 *   plain `{ status, message }` that Express honours.
 */
export function frameworkStatus(error: unknown): number | undefined {
  try {
    return statusOf(error);
  } catch {
    // Anything can be thrown, such as a proxy or a getter that throws.
    return undefined;
  }
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return payloadStatus(error);
  const { expose, code, getStatus, getResponse, ...rest } = membersOf(error);
  const hasResponse = typeof getResponse === 'function';
  if (typeof getStatus === 'function' && hasResponse) return errorStatus(getStatus.call(error));
  if (error.name === 'MulterError') return code === 'LIMIT_FILE_SIZE' ? 413 : 400;
  if (read(error, 'isBoom') === true) return errorStatus(read(read(error, 'output'), 'statusCode'));
  const worded = errorStatus(wordStatus(error));
  if (worded !== undefined) return worded;
  const status = errorStatus(rest.statusCode) ?? errorStatus(rest.status);
  if ('unhandled' in error && error.unhandled !== true) return status;
  if (status === undefined || 'unhandled' in error) return errorStatus(bodyParserStatus(error));
  const isFastify = typeof code === 'string' && /^FST_/.test(code);
  // A parser adds its status to the error of the body, as that of Koa does.
  const isParser = error instanceof SyntaxError && status < 500;
  if (typeof expose === 'boolean' || isFastify || hasResponse || isParser) return status;
  return isOwn(status, error) ? status : undefined;
}

/** Whether a status is that of this request, not of a service that it called. */
function isOwn(status: number, error: object): boolean {
  const isKind = status < 500 || status === 503;
  return isKind && !UPSTREAM.some((name) => name in error) && !isOfModel(error);
}

/** Whether the SDK of a model threw it: some of these have nothing but a status and a message. */
function isOfModel(error: object): boolean {
  return findCodeInfo(convertException(error).code)?.category === 'llm';
}

function payloadStatus(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const message = read(value, 'message');
  const status = errorStatus(read(value, 'statusCode')) ?? errorStatus(read(value, 'status'));
  if (typeof message !== 'string' || status === undefined) return undefined;
  return typeof read(value, 'error') === 'string' || isOwn(status, value) ? status : undefined;
}

/**
 * Returns the headers that http-errors gave an error for the response, such as `Retry-After`, `Allow`
 * or `Content-Range`.
 */
export function frameworkHeaders(error: unknown): Record<string, string> {
  const expose = read(error, 'expose');
  const headers = read(error, 'headers');
  if (typeof expose !== 'boolean' || typeof headers !== 'object' || headers === null) return {};
  const given = Object.entries(headers).filter(([, value]) =>
    /^(string|number)$/.test(typeof value),
  );
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function membersOf(error: Error & FrameworkError): FrameworkError {
  const { expose, code, status, statusCode, getStatus, getResponse } = error;
  return { expose, code, status, statusCode, getStatus, getResponse };
}

function errorStatus(value: unknown): number | undefined {
  const valid = typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600;
  return valid ? value : undefined;
}
