import {
  firstItems,
  has,
  isObject,
  read,
  readNumber,
  readString,
  shortString,
} from '@map/redaction/kernel';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import type { HttpDetails } from '../codes/error-details.ts';
import { codeFromGrpcStatus } from '../codes/grpc.ts';
import { codeFromHttpStatus } from '../codes/http-status.ts';
import { timeoutCode } from './abort.ts';
import { readHeader, readRetryAfterMs } from './headers.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readFailure, readStatus } from './http-details.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';

/** A client of gRPC: a number for the code, a string for the details, and metadata with `get`. */
export const recogniseGrpc: Recogniser = (error, context) => {
  const status = readNumber(error, 'code');
  const metadata = read(error, 'metadata');
  const isClient = typeof read(metadata, 'get') === 'function' && has(error, 'details');
  if (status === undefined || !(isClient || isGax(error))) return undefined;
  // Firestore and Spanner abort a transaction that another one has got in the way of.
  const isConflict = status === 10 && context.origin === 'database';
  const code = isConflict ? ErrorCode.DATABASE_CONFLICT : codeFromGrpcStatus(status);
  if (code === undefined) return undefined;
  const wait = readRetryAfterMs(metadata, context.maxRetryAfterMs) ?? retryInfoMs(error);
  return {
    code,
    details: { grpc_status: status },
    retryAfterMs: wait === undefined ? undefined : Math.min(wait, context.maxRetryAfterMs),
  };
};

/** The clients of Google Cloud (google-gax): errors of its retries, its limits and REST. */
function isGax(error: object): boolean {
  return (
    has(error, 'note') ||
    has(error, 'statusDetails') ||
    /^Total timeout of API \S{1,100} exceeded /.test(readString(error, 'message') ?? '')
  );
}

/** google.rpc.RetryInfo, whose seconds are a number or a `Long`. */
function retryInfoMs(error: object): number | undefined {
  for (const item of firstItems(read(error, 'statusDetails'), 10) ?? []) {
    const seconds = read(read(item, 'retryDelay'), 'seconds');
    const number = Number(isObject(seconds) ? read(seconds, 'low') : seconds);
    if (number >= 0) return number * 1000;
  }
  return undefined;
}

/** Stripe, whose errors have `type: 'StripeCardError'`. */
export const recogniseStripe: Recogniser = (error, context) => {
  const type = readString(error, 'type');
  if (type === undefined || !/^Stripe[A-Z]\w+$/.test(type)) return undefined;
  const status = readStatus(error, 'statusCode');
  const headers = read(error, 'headers');
  const details: HttpDetails = { ...httpDetails({ status, headers }), api: 'stripe' };
  const requestId = shortString(readString(error, 'requestId'), 100);
  if (requestId) details.request_id = requestId;
  const reason = shortString(readString(error, 'code'), 100);
  if (reason) details['reason'] = reason;
  if (status === undefined) return { ...unanswered(error, type, context), details };
  const found = byStatus({ status, headers, details }, context);
  // The same request is still in work elsewhere: with 409, Stripe's own client tries again.
  const wish = readHeader(headers, 'stripe-should-retry');
  const isWished = wish === 'true' || (wish === undefined && status === 409);
  return isWished
    ? { ...found, retryable: true }
    : wish === 'false'
      ? { ...found, retryable: false }
      : found;
};

/** Stripe without a status. */
function unanswered(error: object, type: string, context: RecogniseContext): Recognition {
  // The secret or the body of a webhook is wrong: its sender is not Stripe, or the set-up is wrong.
  if (type === 'StripeSignatureVerificationError') return { code: ErrorCode.BAD_REQUEST };
  const message = readString(error, 'message') ?? '';
  if (/^Invalid JSON received/.test(message)) return { code: ErrorCode.UPSTREAM_BAD_RESPONSE };
  if (type !== 'StripeConnectionError') return { code: ErrorCode.API_ERROR };
  if (/\btimeout\b/.test(message)) return { code: timeoutCode(context.origin ?? 'api') };
  const cause = context.recurse(read(error, 'detail'));
  return { ...(cause ?? { code: ErrorCode.CONNECTION_ERROR }), message: undefined };
}

/** Errors that a server of ours makes for its own caller: Boom, Nest, Hono, h3 and Fastify. */
export const recogniseServer: Recogniser = (error, { maxRetryAfterMs }) => {
  const status =
    read(error, 'isBoom') === true
      ? readStatus(read(error, 'output'), 'statusCode')
      : (statusByGetter(error) ?? statusOfFramework(error));
  if (status === undefined) return undefined;
  const answer = read(error, 'output') ?? read(error, 'res') ?? error;
  const headers = read(answer, 'headers');
  return ownAnswer(status, readRetryAfterMs(headers, maxRetryAfterMs));
};

/** Hono has the method for the response alone, h3 a flag, and Fastify its own codes. */
function statusOfFramework(error: object): number | undefined {
  if (typeof read(error, 'getResponse') === 'function') return readFailure(error, 'status');
  if (has(error, 'unhandled') && has(error, 'statusText')) return readFailure(error, 'status');
  return /^FST_/.test(readString(error, 'code') ?? '')
    ? readFailure(error, 'statusCode')
    : undefined;
}

function statusByGetter(error: object): number | undefined {
  if (!has(error, 'getStatus') || !has(error, 'getResponse')) return undefined;
  try {
    const getStatus = read(error, 'getStatus');
    const status = typeof getStatus === 'function' ? getStatus.call(error) : undefined;
    return readStatus({ status }, 'status');
  } catch {
    return undefined;
  }
}

function ownAnswer(status: number, retryAfterMs: number | undefined): Recognition {
  return {
    code: ownCode(status),
    details: { status_code: status },
    retryAfterMs,
  };
}

/** The code of a response that a server of ours gives; one without a code gets that of its class. */
export function ownCode(status: number): AnyErrorCode {
  const code = status === 500 ? ErrorCode.SYSTEM_ERROR : codeFromHttpStatus(status);
  if (code !== ErrorCode.API_ERROR) return code;
  return status < 500 ? ErrorCode.BAD_REQUEST : ErrorCode.SYSTEM_ERROR;
}
