import { has, isObject, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { HttpDetails } from '../codes/error-details.ts';
import { readHeader, readLimitResetMs, readRetryAfterMs } from './headers.ts';
import { httpDetails, readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { readProviderBody } from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { isBrokenBody, systemCode, unusableResponse } from './system.ts';
import { waitInSentence } from './wait.ts';

/** The HTTP clients got and axios, and others whose errors have the same shape. */
export const recogniseHttpClient: Recogniser = (error, context) => {
  const axios = read(error, 'isAxiosError') === true;
  if (!axios && !(has(error, 'options') && has(error, 'timings'))) return undefined;
  const response = read(error, 'response');
  const status = readStatus(response, axios ? 'status' : 'statusCode');
  const headers = read(response, 'headers');
  const request = read(error, axios ? 'config' : 'options');
  const details = httpDetails({
    url: read(request, 'url'),
    baseUrl: axios ? read(request, 'baseURL') : undefined,
    method: read(request, 'method'),
    status,
    headers,
  });
  if (status !== undefined && status >= 400) {
    const body = axios ? read(response, 'data') : read(response, 'body');
    return byStatus({ status, headers, details, body }, context);
  }
  if (status !== undefined && status >= 300 && isNoTarget(error)) {
    return { code: unusableResponse(context.origin), details };
  }
  return byCode(error, details, context);
};

/** got: whether it cannot follow the redirect, to a file, a socket, no URL at all or nothing. */
function isNoTarget(error: object): boolean {
  const isRefused = /UNIX socket$/.test(readString(error, 'message') ?? '');
  return isRefused || NO_TARGET_CODES.has(readString(error, 'code') ?? '');
}

/** The response of an upstream service. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers?: unknown;
  readonly details: HttpDetails;
  readonly body?: unknown;
}

/** Classifies a response by its status; a provider's 401 never becomes our caller's 401. */
export function byStatus(answer: UpstreamAnswer, context: RecogniseContext): Recognition {
  const { status, headers, details } = answer;
  if (context.origin === 'llm') {
    const { words, message, retryAfterMs } = readProviderBody(answer.body);
    const recognition = recogniseAnswer(
      { status, headers, details, words, message, retryAfterMs },
      context.maxRetryAfterMs,
    );
    if (recognition !== undefined) return recognition;
  }
  const limit = context.maxRetryAfterMs;
  const waitMs = readRetryAfterMs(headers, limit);
  // GitHub and Google refuse with 403 what is above their limits.
  const isLimit = status === 429 || (status === 403 && isLimited(answer, waitMs));
  const retryAfterMs = waitMs ?? (isLimit ? limitWaitMs(answer, limit) : undefined);
  return { code: isLimit ? ErrorCode.RATE_LIMITED : upstreamCode(status), details, retryAfterMs };
}

/** The wait of a limit: in its headers, otherwise in the body, as Discord and Telegram have it. */
function limitWaitMs({ headers, body }: UpstreamAnswer, limitMs: number): number | undefined {
  const reset = readLimitResetMs(headers, limitMs);
  if (reset !== undefined) return reset;
  const { retryAfterMs, message } = readProviderBody(body);
  const wait = retryAfterMs ?? waitInSentence(message);
  return wait === undefined ? undefined : Math.min(Math.round(wait), limitMs);
}

function isLimited({ headers, body }: UpstreamAnswer, waitMs: number | undefined): boolean {
  if (waitMs !== undefined || readHeader(headers, 'x-ratelimit-remaining') === '0') return true;
  const { words, message } = readProviderBody(body);
  return /\brate[ -]limit|rateLimitExceeded/i.test(`${words.join(' ')} ${message ?? ''}`);
}

function upstreamCode(status: number): ErrorCode {
  // 524 is Cloudflare's.
  if (status === 408 || status === 504 || status === 524) return ErrorCode.UPSTREAM_TIMEOUT;
  if (status >= 500) return ErrorCode.UPSTREAM_ERROR;
  return ErrorCode.UPSTREAM_REJECTED;
}

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'ECONNABORTED']);
const CANCEL_CODES = new Set(['ERR_CANCELED', 'ERR_ABORTED', 'ABORT_ERR']);
const INVALID_CODES = new Set(['ERR_INVALID_URL', 'ERR_UNSUPPORTED_PROTOCOL']);
const NO_TARGET_CODES = new Set([...INVALID_CODES, 'ERR_NON_2XX_3XX_RESPONSE']);
const BAD_RESPONSE =
  /^(?:ERR_BODY_PARSE_FAILURE|ERR_TOO_MANY_REDIRECTS|ERR_FR_TOO_MANY_REDIRECTS|ERR_FR_REDIRECTION_FAILURE|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_BAD_RESPONSE|ERR_READING_RESPONSE_STREAM|ERR_MAX_CONTENT_LENGTH_EXCEEDED|ERR_FR_MAX_BODY_LENGTH_EXCEEDED)$/;

function byCode(
  error: object,
  details: HttpDetails,
  context: RecogniseContext,
): Recognition | undefined {
  const code = readString(error, 'code') ?? '';
  // A client's own timer; one of the network below it has a syscall.
  if (TIMEOUT_CODES.has(code) && !has(read(error, 'cause'), 'syscall')) {
    const llm = context.origin === 'llm';
    return { code: llm ? ErrorCode.LLM_TIMEOUT : ErrorCode.UPSTREAM_TIMEOUT, details };
  }
  // axios: the connection was lost in the middle of the body.
  if (code === 'ERR_BAD_RESPONSE' && /aborted/.test(readString(error, 'message') ?? '')) {
    return { code: ErrorCode.CONNECTION_RESET, details };
  }
  if (code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' && isCutShort(error)) {
    return { code: ErrorCode.CONNECTION_RESET, details };
  }
  if (CANCEL_CODES.has(code)) return { code: ErrorCode.OPERATION_CANCELLED, details };
  if (INVALID_CODES.has(code)) return { code: ErrorCode.CONFIG_INVALID, details };
  if (BAD_RESPONSE.test(code) || isBrokenBody(code)) {
    return { code: unusableResponse(context.origin), details };
  }
  const system = systemCode(code, error);
  if (system !== undefined) return { code: system, details: { ...details, system_code: code } };
  const cause = read(error, 'cause');
  const recognition = isObject(cause) ? context.recurse(cause) : undefined;
  if (recognition === undefined) return { code: ErrorCode.API_ERROR, details };
  return { ...recognition, details: { ...recognition.details, ...details } };
}

/** got: the connection was lost in the middle of a body whose length was announced. */
function isCutShort(error: object): boolean {
  const message = readString(error, 'message')?.slice(0, 200) ?? '';
  const [, expected, received] = /expected (\d+) bytes, received (\d+)/.exec(message) ?? [];
  return Number(received) < Number(expected);
}
