import { has, isNativeError, isObject, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { readRetryAfterMs } from './headers.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { isOfModelLibrary } from './model-library.ts';
import {
  type ProviderBody,
  parseBody,
  providerSentence,
  readProviderBody,
} from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { ownCode } from './service.ts';
import { unusableResponse } from './system.ts';
import { isResponse } from './thrown-response.ts';

/** http-errors: the response of our server to its caller. */
export const recogniseHttpErrors: Recogniser = (error, context) => {
  if (typeof read(error, 'expose') !== 'boolean' || !isNativeError(error)) return undefined;
  const status = readStatus(error, 'statusCode');
  if (status === undefined || status !== readStatus(error, 'status')) return undefined;
  const retryAfterMs = readRetryAfterMs(read(error, 'headers'), context.maxRetryAfterMs);
  return { code: ownCode(status), details: { status_code: status }, retryAfterMs };
};

/**
 * Any other error with the status of a response: those of @mistralai/mistralai, @google/genai,
 * ollama, ky, ofetch, undici, superagent, and of libraries that are not known here.
 */
export const recogniseStatus: Recogniser = (error, context) => {
  if (!isNativeError(error)) return undefined;
  const response = responseOf(error);
  const status =
    failure(error, 'status') ??
    failure(error, 'statusCode') ??
    failure(error, 'status_code') ??
    failure(error, 'httpStatus') ??
    failure(error, 'httpStatusCode') ??
    failure(response, 'status') ??
    failure(response, 'statusCode') ??
    // Elasticsearch and OpenSearch.
    failure(read(error, 'meta'), 'statusCode') ??
    // tRPC
    failure(read(error, 'data'), 'httpStatus') ??
    // SendGrid, Kubernetes, and errors that a proxy for models made from a body.
    (isObject(response) || isObject(read(error, 'headers')) || context.origin === 'llm'
      ? failure(error, 'code')
      : undefined);
  if (status === undefined) {
    const found = unexpected(error) ?? timedOut(error, context);
    return found ?? redirected(readStatus(response, 'status'), context);
  }
  // SDKs that Fern generates give this status to a request that was aborted.
  if (status === 499) {
    return context.recurse(read(error, 'cause')) ?? { code: ErrorCode.OPERATION_CANCELLED };
  }
  const headers = read(error, 'headers') ?? read(response, 'headers');
  const request = read(error, 'request') ?? read(response, 'request');
  const details = httpDetails({
    url: read(response, 'url') ?? read(request, 'url') ?? request,
    method: read(request, 'method'),
    status,
    headers,
  });
  const body = bodyOf(error, response);
  const answer = { status, headers, details, body };
  if (!isOfModelLibrary(error)) return byStatus(answer, context);
  const found = byStatus(answer, { ...context, origin: 'llm' });
  return found && { ...found, message: providerSentence(error, status, body) };
};

/** Where libraries keep the response of an error. */
function responseOf(error: object): unknown {
  return (
    read(error, 'response') ??
    read(error, 'res') ??
    // @huggingface/inference, and SDKs that Fern generates, such as cohere-ai.
    read(error, 'httpResponse') ??
    read(error, 'rawResponse') ??
    // tRPC
    read(read(error, 'meta'), 'response') ??
    // The functions of Supabase.
    read(error, 'context')
  );
}

/**
 * A response with success that is not of the expected kind, such as the page of a proxy: in
 * @mistralai/mistralai and @huggingface/inference.
 */
function unexpected(error: object): Recognition | undefined {
  const name = readString(error, 'name');
  const status =
    name === 'SDKError' && has(error, 'contentType')
      ? readStatus(error, 'statusCode')
      : name === 'ProviderApiError'
        ? readStatus(read(error, 'httpResponse'), 'status')
        : undefined;
  return status === undefined ? undefined : { code: ErrorCode.LLM_INVALID_RESPONSE };
}

/** A redirect that the library could not follow, such as a circle. */
function redirected(status = 0, { origin }: RecogniseContext): Recognition | undefined {
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  return isRedirect
    ? { code: unusableResponse(origin), details: { status_code: status } }
    : undefined;
}

/** The limit of an SDK that Fern generates: the reason of its abort is a string. */
function timedOut(error: object, context: RecogniseContext): Recognition | undefined {
  if (!has(error, 'rawResponse') && !has(error, 'statusCode')) return undefined;
  const message = readString(error, 'message');
  const late =
    read(error, 'cause') === 'timeout' || message === 'timeout' || message === '"timeout"';
  return late ? { code: timeoutCode(isOfModelLibrary(error) ? 'llm' : context.origin) } : undefined;
}

function failure(value: unknown, key: string): number | undefined {
  const status = readStatus(value, key);
  return status !== undefined && status >= 400 ? status : undefined;
}

function bodyOf(error: object, response: unknown): unknown {
  for (const body of [
    read(error, 'body'),
    read(error, 'data'),
    read(response, 'data'),
    read(response, 'body'),
    // @azure/core-rest-pipeline
    read(response, 'bodyAsText'),
  ]) {
    if (typeof body === 'string' || (isObject(body) && !isStream(body))) return body;
  }
  const message = readString(error, 'message');
  return parseBody(message) ?? { message };
}

/** A body that has not been read, such as that of a `Response`. */
function isStream(body: object): boolean {
  return typeof read(body, 'getReader') === 'function' || typeof read(body, 'pipe') === 'function';
}

const WORDS =
  /^(?:overloaded|rate_limit|insufficient_quota|invalid_request|authentication|permission|not_found|request_too_large|timeout|api|billing|server|context_length)_?(?:error|exceeded)?$/;

/**
 * A provider's error that is a plain object: the event of a stream (`{ type: 'overloaded_error' }`,
 * `response.failed`), or the inner error of a response with a code such as 429.
 */
export const recogniseProviderObject: Recogniser = (error, context) => {
  if (isNativeError(error) || isResponse(error)) return undefined;
  const incomplete = incompleteCode(error);
  if (incomplete !== undefined) return { code: incomplete };
  const event = eventOf(error);
  if (event !== undefined) return answered(event, error, context);
  const body = readProviderBody(error);
  const known =
    isEventOfFailure(error) || body.words.some((word) => word !== undefined && WORDS.test(word));
  const status = body.status ?? failure(error, 'status') ?? failure(error, 'statusCode');
  const says = body.message !== undefined || status !== undefined;
  return known || (context.origin === 'llm' && says)
    ? answered({ ...body, status }, error, context)
    : undefined;
};

/** The last event of a response of OpenAI that a limit or a filter ended. */
function incompleteCode(error: object): ErrorCode | undefined {
  if (readString(error, 'type') !== 'response.incomplete') return undefined;
  const details = read(read(error, 'response'), 'incomplete_details');
  return readString(details, 'reason') === 'content_filter'
    ? ErrorCode.LLM_CONTENT_FILTERED
    : ErrorCode.LLM_OUTPUT_TRUNCATED;
}

/** The members of Bedrock's streams that report an error; each event has one. */
const EVENTS = [
  'accessDeniedException',
  'badGatewayException',
  'conflictException',
  'dependencyFailedException',
  'internalServerException',
  'modelErrorException',
  'modelNotReadyException',
  'modelStreamErrorException',
  'modelTimeoutException',
  'resourceNotFoundException',
  'serviceQuotaExceededException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
];

/** An event of a stream of Bedrock: `{ throttlingException: { message } }`. */
function eventOf(error: object): ProviderBody | undefined {
  const name = EVENTS.find((each) => has(error, each));
  if (name === undefined) return undefined;
  const body = readProviderBody(read(error, name));
  return body.message === undefined ? undefined : { ...body, words: [name, ...body.words] };
}

function answered(
  body: ProviderBody,
  error: object,
  context: RecogniseContext,
): Recognition | undefined {
  const found = recogniseAnswer(body, context.maxRetryAfterMs);
  if (found !== undefined) return found;
  return isEventOfFailure(error) ? { code: ErrorCode.LLM_STREAM_INTERRUPTED } : undefined;
}

/** The events by which the Responses API of OpenAI reports a failure. */
function isEventOfFailure(error: object): boolean {
  const type = readString(error, 'type');
  return type === 'response.failed' || (type === 'error' && has(error, 'sequence_number'));
}
