import { firstItems, has, isObject, read, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { readRetryAfterMs } from './headers.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readStatus } from './http-details.ts';
import { recogniseHttp2 } from './http2.ts';
import { recogniseAnswer } from './llm.ts';
import { isOfModelLibrary } from './model-library.ts';
import { readProviderBody } from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { systemCode, unusableResponse } from './system.ts';

const THROTTLED =
  /^(?:Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|BandwidthLimitExceeded|LimitExceeded|SlowDown|EC2ThrottledException|PriorRequestNotComplete|TransactionInProgress|KmsThrottled|KMS\.Throttl)/;

/** Of DynamoDB and S3: another writer was in the way. */
const CONFLICT =
  /^(?:TransactionConflict|ReplicatedWriteConflict|OperationAborted|ConditionalRequestConflict)/;

/** The AWS SDK, by its `$metadata` or its `$fault`. */
export const recogniseAws: Recogniser = (error, given) => {
  const metadata = read(error, '$metadata');
  // An event of a stream has its fault alone.
  if (!isObject(metadata) && !has(error, '$fault')) return undefined;
  const isModel = given.origin === 'llm' || isOfModelLibrary(error);
  const context: RecogniseContext = isModel ? { ...given, origin: 'llm' } : given;
  const status = readStatus(metadata, 'httpStatusCode');
  const headers = read(read(error, '$response'), 'headers');
  const details = httpDetails({ status, headers });
  const requestId = shortString(readString(metadata, 'requestId'), 100);
  if (requestId) details.request_id = requestId;
  const service = shortString(readString(error, '$service'), 100);
  if (service) details.api = service;
  const hint = read(error, '$retryable');
  const name = readString(error, 'name') ?? '';
  // Bedrock has its reason in the name and in the sentence.
  const body = { type: name, message: readString(error, 'message') };
  if (THROTTLED.test(name) || read(hint, 'throttling') === true) {
    if (isModel) return byStatus({ status: 429, headers, details, body }, context);
    const retryAfterMs = readRetryAfterMs(headers, context.maxRetryAfterMs);
    return { code: ErrorCode.RATE_LIMITED, details, retryAfterMs };
  }
  if (CONFLICT.test(name) || isCanceledByOthers(error)) {
    return { code: ErrorCode.DATABASE_CONFLICT, details };
  }
  // With 400, which the SDK itself tries again.
  if (/^RequestTimeout(?:Exception)?$/.test(name) && !isModel) {
    return { code: timeoutCode(context.origin ?? 'api'), details };
  }
  if (status === undefined || status < 400) {
    const ended = recogniseHttp2(error, context);
    if (ended !== undefined) return { ...ended, details };
    // A late response, which has the code of a late connection.
    if (/\brequestTimeout\b|\bms of inactivity\b/.test(body.message ?? ''))
      return { code: timeoutCode(context.origin ?? 'api'), details };
    const network = systemCode(readString(error, 'code') ?? '', error);
    if (network !== undefined) return { code: network, details };
    if (name === 'SyntaxError') return { code: unusableResponse(context.origin), details };
    const found = context.recurse(read(error, 'cause')) ?? eventOf(error, body, context);
    return { ...found, details: { ...found.details, ...details } };
  }
  const recognition = byStatus({ status, headers, details, body }, context);
  return isObject(hint) ? { ...recognition, retryable: true } : recognition;
};

/** A transaction of DynamoDB that would succeed without the others that run, and with more capacity. */
function isCanceledByOthers(error: object): boolean {
  const reasons = firstItems(read(error, 'CancellationReasons'), 100) ?? [];
  const words = reasons.map((reason) => readString(reason, 'Code') ?? 'None');
  return (
    words.some((word) => word !== 'None') &&
    words.every((word) => /^(?:None|TransactionConflict|Throttl|ProvisionedThroughput)/.test(word))
  );
}

/** An error that came as an event of a stream, whose response had begun with success. */
function eventOf(error: object, body: object, context: RecogniseContext): Recognition {
  if (context.origin === 'llm') {
    const found = recogniseAnswer(readProviderBody(body), context.maxRetryAfterMs);
    return found ?? { code: ErrorCode.LLM_STREAM_INTERRUPTED };
  }
  const fault = readString(error, '$fault');
  if (fault === 'server') return { code: ErrorCode.UPSTREAM_ERROR };
  return { code: fault === 'client' ? ErrorCode.UPSTREAM_REJECTED : ErrorCode.API_ERROR };
}
