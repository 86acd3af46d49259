import { has, isObject, read, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { LLMDetails } from '../codes/error-details.ts';
import { httpDetails, readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';

const NO_CREDENTIALS = /^(?:Missing credentials\.|Could not resolve authentication method\.)/;
const TRUNCATED = /^Could not parse response content as the length limit was reached/;
const FILTERED = /^Could not parse response content as the request was rejected by the content/;

/** The SDKs of OpenAI and Anthropic, whose errors share one shape and mostly no name. */
export const recogniseProviderSdk: Recogniser = (error, context) => {
  const ours = has(error, 'status') && has(error, 'requestID') && has(error, 'error');
  if (!ours) return recogniseBySentence(error);
  const status = readStatus(error, 'status');
  const details = detailsOf(error);
  if (status === undefined && !isObject(read(error, 'error'))) {
    return unanswered(error, details, context);
  }
  const body = read(error, 'error');
  const inner = read(body, 'error') ?? body;
  const answer = {
    status,
    words: [
      readString(error, 'errorCode'),
      readString(inner, 'code'),
      readString(inner, 'type') ?? readString(error, 'type'),
    ],
    message: readString(inner, 'message') ?? readString(error, 'message'),
    headers: read(error, 'headers'),
    details,
  };
  // Without a status the error came as an event of a stream that had begun well.
  return (
    recogniseAnswer(answer, context.maxRetryAfterMs) ?? {
      code: status === undefined ? ErrorCode.LLM_STREAM_INTERRUPTED : ErrorCode.LLM_ERROR,
      details,
    }
  );
};

function unanswered(
  error: object,
  details: LLMDetails,
  context: RecogniseContext,
): Recognition | undefined {
  const message = readString(error, 'message') ?? '';
  const cause = read(error, 'cause');
  if (/aborted/i.test(message)) {
    // The caller's own deadline ends a request like a cancellation, but is none.
    const late = readString(cause, 'name') === 'TimeoutError';
    return { code: late ? ErrorCode.LLM_TIMEOUT : ErrorCode.OPERATION_CANCELLED, details };
  }
  if (/timed out/i.test(message)) return { code: ErrorCode.LLM_TIMEOUT, details };
  const recognition = context.recurse(cause);
  if (recognition !== undefined) return recognition;
  return { code: cause === undefined ? ErrorCode.LLM_ERROR : ErrorCode.CONNECTION_ERROR, details };
}

// Errors before a request and after an answer have nothing but their sentence.
function recogniseBySentence(error: object): Recognition | undefined {
  if (has(error, 'code')) return undefined;
  const message = readString(error, 'message') ?? '';
  if (NO_CREDENTIALS.test(message)) return { code: ErrorCode.CONFIG_MISSING };
  if (TRUNCATED.test(message)) return { code: ErrorCode.LLM_OUTPUT_TRUNCATED };
  if (FILTERED.test(message)) return { code: ErrorCode.LLM_CONTENT_FILTERED };
  return undefined;
}

function detailsOf(error: object): LLMDetails {
  const details: LLMDetails = httpDetails({ headers: read(error, 'headers') });
  const requestId = shortString(readString(error, 'requestID'), 100);
  if (requestId) details.request_id = requestId;
  if (has(error, 'workspaceID')) details.provider = 'anthropic';
  return details;
}
