import { ErrorCode, type LLMErrorCode } from '../codes/error-code.ts';
import type { LLMDetails } from '../codes/error-details.ts';
import { redactedField } from '../describe/redacted.ts';
import { codeOfSentence, codeOfWords } from './event.ts';
import { readHeader, readLimitResetMs, readRetryAfterMs } from './headers.ts';
import type { Recognition } from './recognition.ts';
import { waitInSentence } from './wait.ts';

/** The response of a provider of language models. */
export interface ProviderAnswer {
  readonly status?: number | undefined;
  /** The provider's own codes, such as `insufficient_quota`; any of them may be missing. */
  readonly words: readonly (string | undefined)[];
  readonly message?: string | undefined;
  readonly headers?: unknown;
  readonly details?: LLMDetails;
  /** The wait that the body gives, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

// In the words of OpenAI, Anthropic, Bedrock, Gemini, vLLM, llama.cpp, xAI, LM Studio, Cohere, TGI, Qwen.
const CONTEXT_LENGTH =
  /context_length_exceeded|tokens_limit_reached|string_above_max_length|max_tokens_per_request|request_too_large|exceed_context_size|context_?window_?exceeded|model_max_prompt_tokens_exceeded|conversation is too long|input_tokens exceeded|token count[^.]{0,40}(?:exceed|supports up to)|total tokens[^.]{0,20}must be <=|context_overflow|prompt (?:is )?too long|(?:input|prompt|request|message)s? (?:is|are|was|were)? ?too (?:long|large)\b|maximum (?:context|model|prompt|input) length|max(?:imum)? (?:number of )?(?:input )?tokens? (?:allowed|exceeded|limit)|context (?:window|length|size|limit)|exceeds? (?:the |its )?(?:available |model's |maximum |max )?(?:context|number of tokens|input token|token limit)|input token count[^.]{0,40}exceeds|input length[^.]{0,60}exceed|too many (?:input )?tokens\b(?! per)|reduce (?:the|your) (?:length|prompt|input)|greater than the context|longer than the (?:model|context)|max_tokens[^.]{0,80}(?:exceed|context|too large)|`?inputs`? tokens \+ `?max_new_tokens`? must be|total number of tokens[^.]{0,80}exceed|range of input length should be|expected maxLength: \d+, actual|must have less than \d+ tokens|(?:input|prompt) tokens?(?! per)[^.\n]{0,30}(?:exceed|too long)|(?:input|prompt|message)s? exceeds? (?:the )?max|number of (?:input|prompt) tokens(?! per)[^.\n]{0,60}exceed|must be at most [\d,]+ tokens long|max(?:imum)? allowed tokens per (?:submitted )?(?:batch|request|input)/i;

/** The request asks for more output than the model gives: a shorter prompt does not help. */
const OUTPUT_LIMIT =
  /(?:at most|maximum of|up to) \d+ (?:completion|output) tokens|maximum (?:allowed )?(?:number of )?(?:allowed )?output (?:tokens|length)|(?<!\+ .?)max_?(?:completion_|output_)?tokens['"`]? (?:must be (?:less|at most|between)|value)|invalid ['"`]?max_?(?:completion_|output_)?tokens|maxOutputTokens value of|maximum tokens you requested/i;

/** The answer of a model that reasons, as an error: what it was allowed to write was too little. */
const OUTPUT_TOO_SHORT = /max_tokens or model output limit was reached/i;

/** A single request above the whole limit of tokens a minute, which waiting does not change. */
const ABOVE_LIMIT = /\blimit:? ?(\d[\d,]*)[^\n]{0,60}?\brequested:? ?(\d[\d,]*)/i;
const FILTERED =
  /content_filter|content_policy|policy_?violation|invalid_prompt|moderation_blocked|data_?inspection_?failed|SensitiveContent/i;

/** The same in a sentence, of Anthropic, OpenRouter, OpenAI, xAI, DeepSeek and Zhipu. */
const BLOCKED =
  /\bblocked by (?:our |the )?(?:content filter|moderation)|\brequires moderation\b|\bflagged (?:as|by|for)\b|\bcontent (?:violates|exists risk)\b|不安全或敏感内容/i;
const QUOTA =
  /insufficient_quota|arrearage|overdue|billing_(?!unavailable)|FreeTierOnly|spend_limit_reached|(?<!token_|request_)quota_?exceeded|exceeded_current_quota|insufficient_funds|budget_?exceeded|credit_limit/i;

/** The same in a sentence, of Anthropic, Google, xAI, OpenRouter, Moonshot, Zhipu, Groq and LiteLLM. */
const SPENT =
  /\bcredit balance\b|\binsufficient balance\b|\b(?:any|no|available) credits\b|\bcredits are depleted\b|\bspend(?:ing)? (?:limit|cap)\b|\bkey limit exceeded\b|\b(?:API|monthly) usage limits?\b|\bbudget has been exceeded\b|余额不足/i;

/** A limit that a wait of seconds does not reset, unless the provider states the wait. */
const LONG_LIMIT = /\b(?:calls|tokens|requests) (?:per|\/) (?:day|month)\b|\b\w+PerDay/;
const MODEL =
  /unknown_model|model_(?:not_found|not_available|decommissioned|deprecated)|invalid_model|not_found_error|deployment_?not_?found|resourceNotFound/i;

/** Ollama inside a stream, without a status or a word. */
const MISSING_MODEL = /\bmodel ['"`]?[\w:./-]{1,100}['"`]? (?:is )?not found/i;

/** Bedrock, DeepSeek and OpenRouter, with the word of an invalid request. */
const INVALID_MODEL = /\bmodel identifier is invalid\b|\bmodel not exist\b|\bnot a valid model\b/i;
const OVERLOADED = /overloaded/i;
const AUTH =
  /authentication_error|permission_error|\bunauthorized\b|invalid_api_key|account_deactivated|organization_restricted|api_key_invalid|unauthenticated|permission_denied|accessDenied/i;

/** Google and xAI answer an invalid key with 400, Google and Anthropic an account without access. */
const INVALID_KEY =
  /\bapi key (?:not valid|not found|expired|is invalid)|\bincorrect api key\b|\buser location is not supported\b|\bnot available in your country\b|\borganization has been disabled\b/i;

/** A file, a batch, an earlier response: the model is there, and another provider has none of these. */
const MISSING_OBJECT =
  /\bno such [\w ]{0,20}(?:file|job|batch)\b|\b(?:file|vector store|assistant|thread|run|batch|container|response|conversation|cached ?content|item)s?\b[^.\n]{0,80}\bnot found\b|\bno (?:assistant|thread|run|batch|file)s? found\b/i;

/** What the model wrote, as Groq reports it: another attempt may write what is valid. */
const BAD_OUTPUT: readonly (readonly [word: RegExp, code: LLMErrorCode])[] = [
  [/tool_use_failed/, ErrorCode.LLM_TOOL_CALL_INVALID],
  [/json_validate_failed/, ErrorCode.LLM_INVALID_RESPONSE],
];
/**
 * Finds the code that fits what a provider answered; quota is not rate limit, and a provider's
 * 401 is our configuration, not our caller's mistake.
 *
 * @returns The code, or undefined when the answer says nothing.
 */
export function llmCode({ status, words, message }: ProviderAnswer): LLMErrorCode | undefined {
  const said = words.filter(Boolean).join(' ');
  const text = `${said} ${message?.slice(0, 2000) ?? ''}`;
  if (status === 413 || isTooLong(text, status)) return ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED;
  if (OUTPUT_TOO_SHORT.test(text)) return ErrorCode.LLM_OUTPUT_TRUNCATED;
  // Cohere answers a word of its deny list with 498.
  const isFull = /capacity_exceeded/i.test(said);
  if ((status === 498 && !isFull) || FILTERED.test(said) || BLOCKED.test(text)) {
    return ErrorCode.LLM_CONTENT_FILTERED;
  }
  if (status === 402 || QUOTA.test(said) || SPENT.test(text)) {
    return ErrorCode.LLM_QUOTA_EXCEEDED;
  }
  if (status === 429 && LONG_LIMIT.test(text) && waitInSentence(message) === undefined) {
    return ErrorCode.LLM_QUOTA_EXCEEDED;
  }
  if (status === 404 && MISSING_OBJECT.test(message ?? '')) return ErrorCode.LLM_INVALID_REQUEST;
  if (status === 404 || MODEL.test(said) || (status === undefined && MISSING_MODEL.test(text))) {
    return ErrorCode.LLM_MODEL_NOT_FOUND;
  }
  if (status === 400 && INVALID_MODEL.test(text)) return ErrorCode.LLM_MODEL_NOT_FOUND;
  // Groq has no capacity for its cheapest tier.
  if (status === 498 || status === 529 || OVERLOADED.test(said))
    return ErrorCode.LLM_PROVIDER_OVERLOADED;
  if (status === 401 || status === 403 || AUTH.test(said) || INVALID_KEY.test(text)) {
    return ErrorCode.LLM_PROVIDER_AUTH_FAILED;
  }
  if (status === 429) return ErrorCode.LLM_RATE_LIMITED;
  // 524 is Cloudflare's.
  if (status === 408 || status === 504 || status === 524) return ErrorCode.LLM_TIMEOUT;
  // With 424, Bedrock reports a failure of the model.
  if (status === 409 || status === 424 || (status !== undefined && status >= 500)) {
    return ErrorCode.LLM_PROVIDER_UNAVAILABLE;
  }
  const output = BAD_OUTPUT.find(([word]) => word.test(said))?.[1];
  if (output !== undefined) return output;
  // The AI SDK gives 400 to a failed response of OpenAI, whose status is one of success.
  const isFailed = status === 400 && /^(?:server_error|rate_limit)/.test(said);
  if (status !== undefined && status >= 400 && !isFailed) return ErrorCode.LLM_INVALID_REQUEST;
  return codeOfWords(said) ?? (status === undefined ? codeOfSentence(text) : undefined);
}

function isTooLong(text: string, status: number | undefined): boolean {
  const [, limit, requested] = ABOVE_LIMIT.exec(text) ?? [];
  if (requested !== undefined && numberOf(requested) > numberOf(limit)) return true;
  if (OUTPUT_LIMIT.test(text)) return false;
  // A rate limit names tokens and limits too.
  return status === 429 ? /context_length|context length/i.test(text) : CONTEXT_LENGTH.test(text);
}

function numberOf(text: string | undefined): number {
  return Number(text?.replaceAll(',', ''));
}

/** Turns a provider's answer into a recognition, with its wait and its wish about retries. */
export function recogniseAnswer(
  answer: ProviderAnswer,
  maxRetryAfterMs: number,
): Recognition | undefined {
  const code = llmCode(answer);
  if (code === undefined) return undefined;
  const word = answer.words.find(Boolean);
  const details: LLMDetails = { ...answer.details };
  if (answer.status !== undefined) details.status_code = answer.status;
  if (word !== undefined) details.provider_code = redactedField(word, 100);
  const wish = readHeader(answer.headers, 'x-should-retry');
  return {
    code,
    details,
    retryAfterMs:
      readRetryAfterMs(answer.headers, maxRetryAfterMs) ?? waitOf(answer, code, maxRetryAfterMs),
    retryable: wish === 'true' ? true : wish === 'false' ? false : undefined,
  };
}

const PASSING: ReadonlySet<LLMErrorCode> = new Set<LLMErrorCode>([
  ErrorCode.LLM_RATE_LIMITED,
  ErrorCode.LLM_PROVIDER_OVERLOADED,
  ErrorCode.LLM_PROVIDER_UNAVAILABLE,
]);

function waitOf(answer: ProviderAnswer, code: LLMErrorCode, limitMs: number): number | undefined {
  if (answer.retryAfterMs !== undefined) return Math.min(answer.retryAfterMs, limitMs);
  if (!PASSING.has(code)) return undefined;
  // Other answers carry the headers of limits too.
  const isLimit = code === ErrorCode.LLM_RATE_LIMITED;
  const reset = isLimit ? readLimitResetMs(answer.headers, limitMs) : undefined;
  if (reset !== undefined) return reset;
  const wait = waitInSentence(answer.message);
  return wait === undefined ? undefined : Math.min(Math.round(wait), limitMs);
}
