import { convertException, ErrorCode, isBaseError } from '@map/errors';
import { isObject, read, readString } from '@map/redaction/kernel';
import { isJsonError, thrownBy } from './body-parser.ts';

/** The context of an error handler: Hono's, or the event of h3. */
export interface ErrorContext {
  /** The web-standard request, or Hono's, which has it as `raw`. */
  readonly req?: object | undefined;
}

const CLIENT_CLOSED = 499;

/**
 * Returns the status of an error that the request itself caused, as far as it shows.
 *
 * @param request Web-standard, Node's, or that of a framework, which has one of these as `raw`.
 */
export function requestStatus(error: unknown, request: unknown): number | undefined {
  const thrown = thrownBy(error);
  const raw = read(request, 'raw') ?? request;
  if (isBaseError(thrown) || !isObject(raw)) return undefined;
  if (hasLeft(raw) && isLost(thrown)) return CLIENT_CLOSED;
  if (!isJsonError(thrown)) return undefined;
  const isIts =
    read(raw, 'bodyUsed') === undefined ? wasReadByHand(request, raw) : mayBeItsBody(thrown, raw);
  return isIts ? 400 : undefined;
}

/**
 * Returns the same for a request of Hono, which keeps the body that its `json()` has parsed: if that
 * fails again, the request is malformed; otherwise the JSON came from elsewhere.
 */
export async function keptBodyStatus(error: unknown, req: object): Promise<number | undefined> {
  try {
    await (req as { json(): Promise<unknown> }).json();
    return undefined;
  } catch (reason) {
    // The handler read the body in another way.
    return isJsonError(reason) ? 400 : requestStatus(error, read(req, 'raw'));
  }
}

/** Whether the body can be parsed again. */
export function keepsBody(req: object | undefined): req is object {
  return isRead(read(req, 'raw')) && typeof read(req, 'json') === 'function';
}

function isRead(request: unknown): boolean {
  return read(request, 'bodyUsed') === true;
}

function hasLeft(request: object): boolean {
  const isCut = read(request, 'destroyed') === true && read(request, 'complete') === false;
  return isCut || read(read(request, 'signal'), 'aborted') === true;
}

/** An upstream may reset its connection too, but nobody waits for this response any more. */
function isLost(error: unknown): boolean {
  const { code } = convertException(error);
  return code === ErrorCode.CONNECTION_RESET || code === ErrorCode.OPERATION_CANCELLED;
}

/**
 * Whether JSON that could not be parsed may be that of the request: its body was read, or is missing.
 * The JSON of an upstream gives the same error, so a handler that parses both had better convert it.
 */
function mayBeItsBody(error: unknown, request: object): boolean {
  const method = readString(request, 'method') ?? 'GET';
  if (method === 'GET' || method === 'HEAD') return false;
  const headers = read(request, 'headers');
  const type = headers instanceof Headers ? headers.get('content-type') : undefined;
  if (!/json|^text\/plain|^$/i.test(type ?? '')) return false;
  const isMissing = read(request, 'body') === null;
  return (
    isRead(request) || (isMissing && /^Unexpected end/.test(readString(error, 'message') ?? ''))
  );
}

/**
 * Whether the JSON body of a Node request was read without the parser of a framework, such as with
 * formidable. A framework keeps the body that it has parsed, and its error has a status.
 */
function wasReadByHand(request: unknown, raw: object): boolean {
  const type = readString(read(raw, 'headers'), 'content-type') ?? '';
  const isParsed = (read(request, 'body') ?? read(raw, 'body')) !== undefined;
  return read(raw, 'readableDidRead') === true && !isParsed && /json/i.test(type);
}
