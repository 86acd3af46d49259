import { ErrorCode, type LLMErrorCode } from '../codes/error-code.ts';

const RATE = /rate_?limit|too_many_requests|resource_exhausted|throttl/i;
const TIMEOUT = /timeout|deadline_exceeded/i;
const SERVER =
  /server_error|api_error|internal_?error|internalServer|model(?:Stream)?Error|modelNotReady|unavailable/i;
const INVALID = /invalid_|image|bad_request|validationException/i;

/** An error inside a stream has no status, only a type. */
export function codeOfWords(said: string): LLMErrorCode | undefined {
  if (RATE.test(said)) return ErrorCode.LLM_RATE_LIMITED;
  if (TIMEOUT.test(said)) return ErrorCode.LLM_TIMEOUT;
  if (INVALID.test(said)) return ErrorCode.LLM_INVALID_REQUEST;
  if (SERVER.test(said)) return ErrorCode.LLM_PROVIDER_UNAVAILABLE;
  return undefined;
}

const SENTENCES: readonly (readonly [sentence: RegExp, code: LLMErrorCode])[] = [
  [/\brate[- ]limit|\btoo many requests\b|\bquota exceeded\b/i, ErrorCode.LLM_RATE_LIMITED],
  [
    /\boverloaded\b|\b(?:at|over) capacity\b|\bserver (?:is )?busy\b/i,
    ErrorCode.LLM_PROVIDER_OVERLOADED,
  ],
  [
    /\b(?:service|temporarily|currently) unavailable\b|\binternal server error\b|\brunner (?:process )?has (?:unexpectedly |been )?(?:stopped|terminated)\b/i,
    ErrorCode.LLM_PROVIDER_UNAVAILABLE,
  ],
  [/\bunexpected EOF$/, ErrorCode.LLM_STREAM_INTERRUPTED],
];

/** Ollama, xAI, Mistral and Hugging Face report a failure inside a stream with a sentence alone. */
export function codeOfSentence(text: string): LLMErrorCode | undefined {
  return SENTENCES.find(([sentence]) => sentence.test(text))?.[1];
}
