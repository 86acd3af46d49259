import { redactForeignText } from '@map/redaction';
import { has, read, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { LLMDetails } from '../codes/error-details.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { readProviderBody } from './provider-body.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { unusableResponse } from './system.ts';

const BRAND = Symbol.for('vercel.ai.error');
const GATEWAY_BRAND = Symbol.for('vercel.ai.gateway.error');

// The SDK sets these names itself, so they survive minifiers and second copies.
const BY_NAME: Readonly<Record<string, ErrorCode>> = {
  AI_LoadAPIKeyError: ErrorCode.CONFIG_MISSING,
  AI_LoadSettingError: ErrorCode.CONFIG_MISSING,
  AI_NoSuchModelError: ErrorCode.LLM_MODEL_NOT_FOUND,
  AI_NoSuchProviderError: ErrorCode.LLM_MODEL_NOT_FOUND,
  AI_NoSuchProviderReferenceError: ErrorCode.LLM_MODEL_NOT_FOUND,
  AI_NoSuchToolError: ErrorCode.LLM_TOOL_CALL_INVALID,
  AI_InvalidToolInputError: ErrorCode.LLM_TOOL_CALL_INVALID,
  AI_ToolCallRepairError: ErrorCode.LLM_TOOL_CALL_INVALID,
  AI_ToolChoiceViolationError: ErrorCode.LLM_TOOL_CALL_INVALID,
  AI_JSONParseError: ErrorCode.LLM_INVALID_RESPONSE,
  AI_TypeValidationError: ErrorCode.LLM_INVALID_RESPONSE,
  AI_EmptyResponseBodyError: ErrorCode.LLM_INVALID_RESPONSE,
  AI_InvalidResponseDataError: ErrorCode.LLM_INVALID_RESPONSE,
  AI_InvalidStreamPartError: ErrorCode.LLM_STREAM_INTERRUPTED,
  AI_UIMessageStreamError: ErrorCode.LLM_STREAM_INTERRUPTED,
  AI_DecisionRefusalError: ErrorCode.LLM_CONTENT_FILTERED,
  AI_ExtractionRefusalError: ErrorCode.LLM_CONTENT_FILTERED,
  AI_InvalidPromptError: ErrorCode.LLM_INVALID_REQUEST,
  AI_InvalidArgumentError: ErrorCode.LLM_INVALID_REQUEST,
  AI_InvalidDataContentError: ErrorCode.LLM_INVALID_REQUEST,
  AI_InvalidMessageRoleError: ErrorCode.LLM_INVALID_REQUEST,
  AI_MessageConversionError: ErrorCode.LLM_INVALID_REQUEST,
  AI_MissingToolResultsError: ErrorCode.LLM_INVALID_REQUEST,
  AI_TooManyEmbeddingValuesForCallError: ErrorCode.LLM_INVALID_REQUEST,
  AI_UnsupportedFunctionalityError: ErrorCode.LLM_INVALID_REQUEST,
  AI_UnsupportedModelVersionError: ErrorCode.LLM_INVALID_REQUEST,
};

/** The AI SDK of Vercel (`ai`, `@ai-sdk/*`), by its own brand. */
export const recogniseAiSdk: Recogniser = (error, context) => {
  if (read(error, BRAND) !== true && read(error, GATEWAY_BRAND) !== true) return undefined;
  const lastError = read(error, 'lastError');
  if (lastError !== undefined) return context.recurse(lastError) ?? { code: ErrorCode.LLM_ERROR };
  const status = readStatus(error, 'statusCode');
  if (has(error, 'finishReason')) return finished(error);
  const name = readString(error, 'name') ?? '';
  if (name === 'AI_StreamProviderError') return eventRecognition(error, context);
  if (status !== undefined) {
    // A file of the prompt, not a response of the provider.
    return name === 'AI_DownloadError'
      ? byStatus({ status, details: detailsOf(error) }, { ...context, origin: 'api' })
      : answered(error, status, context);
  }
  const event = name === 'AI_TypeValidationError' ? unknownEvent(error, context) : undefined;
  if (event !== undefined) return event;
  // No content, output, image, speech, transcript or video.
  const isNothing = name.endsWith('GeneratedError');
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  const code = isNothing ? ErrorCode.LLM_INVALID_RESPONSE : known;
  if (code !== undefined) return { code, details: detailsOf(error) };
  const cause = context.recurse(read(error, 'cause'));
  return cause ?? { code: ErrorCode.LLM_ERROR, details: detailsOf(error) };
};

function answered(error: object, status: number, context: RecogniseContext): Recognition {
  const details = detailsOf(error, status);
  if (status < 400) {
    const cause = read(error, 'cause');
    const word = readString(cause, 'name');
    const unusable =
      word === 'AI_JSONParseError' ||
      word === 'AI_TypeValidationError' ||
      // A body that cannot be decompressed.
      context.recurse(cause)?.code === unusableResponse(context.origin);
    const code = unusable ? ErrorCode.LLM_INVALID_RESPONSE : ErrorCode.LLM_STREAM_INTERRUPTED;
    return { code, details };
  }
  // The schemas of some providers drop a part of the body, such as the code of Groq.
  const body = readProviderBody(read(error, 'responseBody'));
  const data = readProviderBody(read(error, 'data'));
  const answer = {
    status,
    words: [...body.words, ...data.words, readString(error, 'type')],
    message: `${readString(error, 'message') ?? ''} ${body.message ?? data.message ?? ''}`,
    headers: read(error, 'responseHeaders'),
    details,
    retryAfterMs: body.retryAfterMs ?? data.retryAfterMs,
  };
  const found = recogniseAnswer(answer, context.maxRetryAfterMs) ?? {
    code: ErrorCode.LLM_ERROR,
    details,
  };
  // A body in another form than the provider's own, of which the SDK keeps the status' text alone.
  const sentence = read(error, 'data') === undefined ? body.message : undefined;
  return { ...found, message: sentence ? redactForeignText(sentence, { limit: 500 }) : undefined };
}

// An error inside a stream that had begun well: its words are copied from the provider's event.
function eventRecognition(error: object, context: RecogniseContext): Recognition {
  const { words, status, message, retryAfterMs } = readProviderBody(read(error, 'data'));
  const own = readProviderBody({
    code: read(error, 'code'),
    type: read(error, 'type'),
    message: readString(error, 'message'),
  });
  const found = recogniseAnswer(
    {
      status: readStatus(error, 'statusCode') ?? own.status ?? status,
      words: [...own.words, ...words],
      message: `${own.message ?? ''} ${message ?? ''}`,
      details: detailsOf(error),
      retryAfterMs,
    },
    context.maxRetryAfterMs,
  );
  return found ?? { code: ErrorCode.LLM_STREAM_INTERRUPTED, details: detailsOf(error) };
}

// The error of a provider in a form that the SDK does not know, in the place of a part of a stream.
function unknownEvent(
  error: object,
  { maxRetryAfterMs }: RecogniseContext,
): Recognition | undefined {
  const value = read(error, 'value');
  const isError = has(value, 'error') || readString(value, 'object') === 'error';
  return isError ? recogniseAnswer(readProviderBody(value), maxRetryAfterMs) : undefined;
}

// The response arrived but gave no object: the finish reason has the cause.
function finished(error: object): Recognition {
  const reason = readString(error, 'finishReason');
  const details = detailsOf(error);
  if (reason === 'length') return { code: ErrorCode.LLM_OUTPUT_TRUNCATED, details };
  if (reason === 'content-filter') return { code: ErrorCode.LLM_CONTENT_FILTERED, details };
  const name = readString(error, 'name');
  const invalidCall = name === 'AI_ToolChoiceViolationError';
  return {
    code: invalidCall ? ErrorCode.LLM_TOOL_CALL_INVALID : ErrorCode.LLM_INVALID_RESPONSE,
    details,
  };
}

function detailsOf(error: object, status?: number): LLMDetails {
  const headers = read(error, 'responseHeaders');
  const details: LLMDetails = httpDetails({ url: read(error, 'url'), status, headers });
  const body = read(error, 'requestBodyValues');
  const model = shortString(readString(error, 'modelId') ?? readString(body, 'model'), 100);
  if (model) details.model = model;
  const provider = shortString(readString(error, 'provider'), 100);
  if (provider) details.provider = provider;
  const tool = shortString(readString(error, 'toolName'), 100);
  if (tool) details['tool'] = tool;
  return details;
}
