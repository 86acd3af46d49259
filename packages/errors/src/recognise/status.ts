import { has, isNativeError, isObject, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { isErrorLike } from './error-like.ts';
import { readRetryAfterMs } from './headers.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readFailure, readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { isOfModelLibrary } from './model-library.ts';
import { parseBody, providerSentence, readProviderBody } from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { ownCode } from './service.ts';
import { unusableResponse } from './system.ts';

/** http-errors and Fastify: the response of our server to its caller, or a mistake in its set-up. */
export const recogniseHttpErrors: Recogniser = (error, context) => {
  const isFastify = readString(error, 'code')?.startsWith('FST_') === true;
  const isOwn = typeof read(error, 'expose') === 'boolean' && isNativeError(error);
  // To V8, those of Fastify are not errors.
  if (!isOwn && !(isFastify && isErrorLike(error))) return undefined;
  const status = readStatus(error, 'statusCode');
  if (status === undefined || (!isFastify && status !== readStatus(error, 'status'))) {
    return undefined;
  }
  const retryAfterMs = readRetryAfterMs(read(error, 'headers'), context.maxRetryAfterMs);
  return { code: ownCode(status), details: { status_code: status }, retryAfterMs };
};

/**
 * Any other error with the status of a response: those of @mistralai/mistralai, @google/genai,
 * ollama, ky, ofetch, undici, superagent, and of libraries that are not known here.
 */
export const recogniseStatus: Recogniser = (error, context) => {
  if (!isErrorLike(error)) return undefined;
  const response = responseOf(error);
  const status =
    readFailure(error, 'status') ??
    readFailure(error, 'statusCode') ??
    readFailure(error, 'status_code') ??
    readFailure(error, 'httpStatus') ??
    readFailure(error, 'httpStatusCode') ??
    readFailure(response, 'status') ??
    readFailure(response, 'statusCode') ??
    // Elasticsearch and OpenSearch.
    readFailure(read(error, 'meta'), 'statusCode') ??
    // tRPC
    readFailure(read(error, 'data'), 'httpStatus') ??
    // SendGrid, Kubernetes, and errors that a proxy for models made from a body.
    (isObject(response) || isObject(read(error, 'headers')) || context.origin === 'llm'
      ? readFailure(error, 'code')
      : undefined);
  if (status === undefined) {
    const found = unexpected(error, context) ?? timedOut(error, context);
    return found ?? redirected(readStatus(response, 'status'), context);
  }
  // SDKs that Fern generates give 499 to a request that was aborted, Octokit 500 to one without a
  // response.
  if (status === 499 || (status === 500 && response === undefined)) {
    const found = context.recurse(read(error, 'cause'));
    if (found !== undefined) return found;
    if (status === 499) return { code: ErrorCode.OPERATION_CANCELLED };
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
 * A response with success that is not of the expected kind, such as the page of a proxy or an error
 * inside a stream: in @mistralai/mistralai, @huggingface/inference, and SDKs that Speakeasy generates.
 */
function unexpected(error: object, context: RecogniseContext): Recognition | undefined {
  const name = readString(error, 'name');
  if (name === 'ProviderApiError') {
    const response = read(error, 'httpResponse');
    if (readStatus(response, 'status') === undefined) return undefined;
    const body = readProviderBody(read(response, 'body'));
    const found = recogniseAnswer(body, context.maxRetryAfterMs);
    return found ?? { code: ErrorCode.LLM_INVALID_RESPONSE };
  }
  // The arguments of a call, before anything is sent.
  if (name === 'SDKValidationError' && context.origin === 'llm') {
    return { code: ErrorCode.LLM_INVALID_REQUEST };
  }
  if (readStatus(error, 'statusCode') === undefined) return undefined;
  if (name === 'SDKError' && has(error, 'contentType')) {
    return { code: ErrorCode.LLM_INVALID_RESPONSE };
  }
  if (name !== 'ResponseValidationError' || !has(error, 'rawValue')) return undefined;
  return { code: unusableResponse(isOfModelLibrary(error) ? 'llm' : context.origin) };
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

function bodyOf(error: object, response: unknown): unknown {
  for (const body of [
    read(error, 'body'),
    read(error, 'data'),
    // ollama
    read(error, 'error'),
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
