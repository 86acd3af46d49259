import { describeValue, isAbortSignal } from '@map/redaction/kernel';
import { type RequestBody, readBody, readRequestBody } from './body.ts';
import { type RequestHeaders, readHeaders } from './headers.ts';
import { type CallLimits, callLimits, type FetchInit } from './limits.ts';
import { readTarget, type Target } from './target.ts';

/** One request as the fetch standard describes it, ready to be sent. */
export interface OutgoingRequest {
  readonly target: Target;
  readonly method: string;
  readonly headers: RequestHeaders;
  readonly body: RequestBody | undefined;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly signals: readonly AbortSignal[];
  readonly limits: CallLimits;
}

/** Headers that belong to the transport; the standard drops them without a word. */
const forbidden = [
  ...['connection', 'content-length', 'expect', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];

const normalized: ReadonlySet<string> = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
]);
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** Members of `init` that would be ignored here although a caller relies on them. */
const unsupported = Object.entries({
  dispatcher: 'Use the settings of the connection: proxy, ca, connectTimeoutMs.',
  integrity: 'Compare a digest of the body instead.',
});

/**
 * Reads the arguments of `fetch`.
 *
 * @param defaults - Limits of the connection.
 * @throws TypeError as `fetch` does: a URL, method, header, body or signal that cannot be used.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export function readRequest(
  input: string | URL | Request,
  init: FetchInit | undefined,
  defaults: CallLimits,
): OutgoingRequest {
  const request = input instanceof Request ? input : undefined;
  const options: FetchInit & { duplex?: string } = init ?? {};
  if (typeof options !== 'object') {
    throw new TypeError(`\`options\` must be an object, got ${describeValue(options)}.`);
  }
  for (const [name, remedy] of unsupported) {
    if ((options as Record<string, unknown>)[name]) {
      throw new TypeError(`\`${name}\` is not supported by this fetch. ${remedy}`);
    }
  }
  const method = readMethod(options.method ?? request?.method ?? 'GET');
  const headers = readHeaders(options.headers ?? request?.headers);
  for (const name of forbidden) headers.delete(name);
  const body = bodyOf(options, request);
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError(`A request with ${method} must not have a body.`);
  }
  if (body?.contentType !== undefined && !headers.has('content-type')) {
    headers.set('content-type', body.contentType);
  }
  return {
    target: readTarget(request?.url ?? (input as string | URL)),
    method,
    headers,
    body,
    redirect: readRedirect(options.redirect ?? request?.redirect ?? 'follow'),
    signals: signalsOf(options.signal, request),
    limits: callLimits(options.limits, defaults),
  };
}

function readMethod(method: unknown): string {
  const text = String(method);
  if (!token.test(text)) {
    throw new TypeError(
      `\`method\` must be the name of an HTTP method, got ${describeValue(method)}.`,
    );
  }
  const upper = text.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`\`method\` must not be ${upper}.`);
  }
  return normalized.has(upper) ? upper : text;
}

function readRedirect(value: unknown): OutgoingRequest['redirect'] {
  if (value === 'follow' || value === 'manual' || value === 'error') return value;
  throw new TypeError(`\`redirect\` must be follow, manual or error, got ${String(value)}.`);
}

function bodyOf(
  { body, duplex }: { body?: unknown; duplex?: string },
  request: Request | undefined,
): RequestBody | undefined {
  if (body !== undefined && body !== null) return readBody(body, duplex === 'half');
  return request === undefined ? undefined : readRequestBody(request);
}

function signalsOf(given: unknown, request: Request | undefined): readonly AbortSignal[] {
  if (given === undefined) return request === undefined ? [] : [request.signal];
  if (given === null) return [];
  if (isAbortSignal(given)) return [given];
  throw new TypeError(`\`signal\` must be an AbortSignal, got ${describeValue(given)}.`);
}
