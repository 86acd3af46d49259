import { has, isNativeError, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { readFailure } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { type ProviderBody, readProviderBody } from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { isResponse } from './thrown-response.ts';

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
  const status = body.status ?? readFailure(error, 'status') ?? readFailure(error, 'statusCode');
  const says = body.message !== undefined || status !== undefined;
  return known || (context.origin === 'llm' && says)
    ? answered({ ...body, status }, error, context)
    : undefined;
};

/** A response of OpenAI that a limit or a filter ended, or its last event. */
function incompleteCode(error: object): ErrorCode | undefined {
  const isEvent = readString(error, 'type') === 'response.incomplete';
  const details = read(isEvent ? read(error, 'response') : error, 'incomplete_details');
  const reason = readString(details, 'reason');
  if (!isEvent && reason === undefined) return undefined;
  return reason === 'content_filter'
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
