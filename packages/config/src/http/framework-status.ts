/** The members by which errors of web frameworks are told apart. */
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
 * - Nest's exceptions have methods;
 * - errors of http-errors (Express, send, body-parser) have a boolean `expose`;
 * - Fastify's codes begin with `FST_`;
 * - other middleware (Express' router, express-jwt, `@fastify/rate-limit`) sets a client status,
 *   which both frameworks honour.
 */
export function frameworkStatus(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { expose, code, getStatus, getResponse, ...rest } = membersOf(error);
  if (typeof getStatus === 'function' && typeof getResponse === 'function') {
    return errorStatus(getStatus.call(error));
  }
  const status = errorStatus(rest.statusCode) ?? errorStatus(rest.status);
  if (status === undefined) return undefined;
  const known = typeof expose === 'boolean' || (typeof code === 'string' && /^FST_/.test(code));
  if (known) return status;
  return status < 500 && !UPSTREAM.some((name) => name in error) ? status : undefined;
}

function membersOf(error: Error & FrameworkError): FrameworkError {
  const { expose, code, status, statusCode, getStatus, getResponse } = error;
  return { expose, code, status, statusCode, getStatus, getResponse };
}

function errorStatus(value: unknown): number | undefined {
  const valid = typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600;
  return valid ? value : undefined;
}
