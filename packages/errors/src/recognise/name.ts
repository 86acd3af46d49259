import { isNativeError, isObject, read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { byStatus } from './http-client.ts';
import { recogniseAnswer } from './llm.ts';
import { parseBody, readProviderBody } from './provider-body.ts';
import type { ErrorOrigin, RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { systemCode, unusableResponse } from './system.ts';

/** An error of a library that is not known here: its name or its sentence may still say enough. */
export const recogniseName: Recogniser = (error, context) => {
  if (!isNativeError(error)) return undefined;
  const name = readString(error, 'name') ?? '';
  // Elasticsearch, p-cancelable and others.
  if (/^RequestAbortedError$|^Cancell?(?:ed)?Error$/.test(name)) {
    return context.recurse(read(error, 'cause')) ?? { code: ErrorCode.OPERATION_CANCELLED };
  }
  if (/[a-z]TimeoutError$/.test(name)) {
    return context.recurse(read(error, 'cause')) ?? { code: timeoutCode(context.origin) };
  }
  if (/RateLimit(?:ed|Exceeded)?Error$/.test(name) || isSlackLimit(error)) {
    return rateLimited(error, context);
  }
  if (/[a-z](?:ResourceExhausted|TooManyRequests)Error$/.test(name)) {
    return rateLimited(error, context);
  }
  return bySentence(error, context) ?? byClass(error, name, context);
};

/** Its errors have no class. */
function isSlackLimit(error: object): boolean {
  return readString(error, 'code') === 'slack_webapi_rate_limited_error';
}

function rateLimited(error: object, { origin, maxRetryAfterMs }: RecogniseContext): Recognition {
  // Slack gives seconds; others have milliseconds of the same name.
  const isSlack = readString(error, 'code')?.startsWith('slack_') === true;
  const seconds = isSlack ? readNumber(error, 'retryAfter') : readNumber(error, 'retry_after');
  const given = seconds !== undefined && seconds >= 0;
  return {
    code: origin === 'llm' ? ErrorCode.LLM_RATE_LIMITED : ErrorCode.RATE_LIMITED,
    retryAfterMs: given ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined,
  };
}

// Classes of clients that keep no status, such as those of Pinecone, Chroma and Weaviate.
const CLASSES: readonly (readonly [name: RegExp, status: number])[] = [
  [/[a-z](?:InternalServer|Server)Error$/, 500],
  [/[a-z](?:Service)?UnavailableError$/, 503],
  [/[a-z]BadRequestError$/, 400],
  [/[a-z](?:Unauthorized|Unauthenticated|Authentication|Authorization|Auth)Error$/, 401],
  [/[a-z](?:Forbidden|PermissionDenied)Error$/, 403],
  [/[a-z](?<!Tool|Agent|Prompt|File|Module)NotFoundError$/, 404],
  [/[a-z](?:Conflict|AlreadyExists|Unique)Error$/, 409],
  [/[a-z]MaxRetriesExceededError$/, 503],
];

/** Without an origin, a class may be one of the application itself, whose caller made the mistake. */
function byClass(error: object, name: string, context: RecogniseContext): Recognition | undefined {
  if (context.origin === undefined) return undefined;
  const cause = context.recurse(read(error, 'cause'));
  if (cause !== undefined) return cause;
  if (/[a-z]ConnectionError$/.test(name)) return { code: ErrorCode.CONNECTION_ERROR };
  const status = CLASSES.find(([pattern]) => pattern.test(name))?.[1];
  if (status === undefined) return undefined;
  const body = { message: readString(error, 'message') };
  return { code: byStatus({ status, details: {}, body }, context).code };
}

const interrupted = (origin: ErrorOrigin | undefined): ErrorCode =>
  origin === 'llm' ? ErrorCode.LLM_STREAM_INTERRUPTED : ErrorCode.CONNECTION_RESET;

const SENTENCES: readonly (readonly [RegExp, (origin: ErrorOrigin | undefined) => ErrorCode])[] = [
  // The reasons of a signal and of fetch, in an error that kept nothing else of them.
  [/^The operation was aborted due to timeout$/, timeoutCode],
  [/^This operation was aborted$/, () => ErrorCode.OPERATION_CANCELLED],
  [/^terminated$/, interrupted],
  [/^Client network socket disconnected before secure TLS/, () => ErrorCode.CONNECTION_RESET],
  [/\bSSL routines:/, () => ErrorCode.TLS_FAILURE],
  // Streams of ollama and @google/genai that ended early.
  [
    /^Did not receive done or success response in stream\.$/,
    () => ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  [/^Incomplete JSON segment at the end$/, () => ErrorCode.LLM_STREAM_INTERRUPTED],
  // Responses that are not those of the service: SDKs that Fern generates, Elasticsearch, Qdrant.
  [/^response\b[^:]{0,100}: Expected \w+\. Received /, unusableResponse],
  [/^The client noticed that the server is not Elasticsearch\b/, unusableResponse],
  [/^Result came uninitialized$/, unusableResponse],
];

/** A failure of which a library, such as Elasticsearch's, kept only the sentence. */
function bySentence(error: object, context: RecogniseContext): Recognition | undefined {
  const message = readString(error, 'message')?.slice(0, 2000) ?? '';
  const word = /\b(?:connect|read|write|getaddrinfo) (E[A-Z_]{3,20})\b/.exec(message)?.[1];
  const code = word === undefined ? undefined : systemCode(word, error);
  if (code !== undefined) return { code };
  if (/^(?:other side closed|socket hang up)\b/.test(message)) {
    return { code: ErrorCode.CONNECTION_RESET };
  }
  // node-fetch and gaxios
  if (/^(?:network timeout at:|response timeout while )/i.test(message)) {
    return { code: timeoutCode(context.origin) };
  }
  const sentence = SENTENCES.find(([pattern]) => pattern.test(message))?.[1];
  // A reason that the error has says more.
  if (sentence !== undefined && !isObject(read(error, 'cause'))) {
    return { code: sentence(context.origin) };
  }
  const answer = answerInSentence(message, context);
  if (answer !== undefined) return answer;
  if (/^fetch failed$/.test(message) && !isObject(read(error, 'cause'))) {
    return { code: ErrorCode.CONNECTION_ERROR };
  }
  return undefined;
}

const STATUS =
  /(?:\bHTTP(?: error)?|\bstatus(?: code)?|\bresponse code|\bserver (?:responded|returned|replied)(?: with)?)!?[ :=(]{1,3}(?:status(?: code)?[ :=]{1,2})?([45]\d\d)\b/i;

/** `Request failed with status code 503`, `HTTP error! status: 429`, or the body of a provider. */
function answerInSentence(message: string, context: RecogniseContext): Recognition | undefined {
  const body = /^(?:[45]\d\d )?\{/.test(message) ? parseBody(message) : undefined;
  if (isObject(body)) {
    const said = readProviderBody(body);
    const lead = /^([45]\d\d) /.exec(message)?.[1];
    const status = lead === undefined ? said.status : Number(lead);
    const isProvider = context.origin === 'llm' || said.words.some((word) => word !== undefined);
    if (isProvider) return recogniseAnswer({ ...said, status }, context.maxRetryAfterMs);
  }
  if (/\b(?:exit(?:ed)?|expected)\b/i.test(message)) return undefined;
  const status = STATUS.exec(message)?.[1];
  if (status === undefined) return undefined;
  const number = Number(status);
  return byStatus({ status: number, details: { status_code: number }, body: { message } }, context);
}
