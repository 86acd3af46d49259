/*
 * Reads the usage objects of model SDKs into one shape.
 *
 * Providers disagree about two questions, and count tokens twice or not at all where the answer is
 * guessed: whether cached tokens are part of the prompt, and whether reasoning is part of the
 * completion. Both are part of it here. How the answer is found:
 *
 *   - the names tell: `prompt_tokens` (OpenAI, and LiteLLM with `cache_*_input_tokens` beside)
 *     includes cached tokens; Anthropic's `input_tokens` beside `cache_*_input_tokens` does not;
 *     Google's `thoughtsTokenCount` and `toolUsePromptTokenCount` are extra;
 *   - otherwise the stated total tells: what it has more than prompt and completion is extra. If
 *     that is exactly the cached tokens, it belongs to the prompt, else to the completion (xAI, and
 *     Gemini in OpenAI's shape, state reasoning beside the completion).
 *
 * A part is never larger than its whole.
 */
import { type Loose, loose } from './loose.ts';

/** The tokens of one request. Cached tokens are part of `prompt`, reasoning is of `completion`. */
export interface LlmUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that is stored for an hour, which costs more. */
  readonly cacheWriteHour?: number | undefined;
  readonly reasoning: number;
  /** The cost in US dollars, if the provider states it. */
  readonly costUsd?: number | undefined;
  /** Whether the request was billed at the batch rate. */
  readonly batch?: boolean | undefined;
}

const PROMPT = ['prompt', 'prompt_tokens', 'promptTokens', 'promptTokenCount'];
const INPUT = ['input_tokens', 'inputTokens', 'prompt_eval_count', 'tokens'];
const COMPLETION = ['completion', 'completion_tokens', 'completionTokens'];
const OUTPUT = ['output_tokens', 'outputTokens', 'eval_count', 'candidatesTokenCount'];
const TOTAL = ['total_tokens', 'totalTokens', 'totalTokenCount'];
const INPUT_DETAILS = [
  'prompt_tokens_details',
  'input_tokens_details',
  'inputTokenDetails',
  'inputTokensDetails',
  'input_token_details',
];
const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'outputTokenDetails',
  'outputTokensDetails',
  'output_token_details',
];
/** Cached tokens that are part of the prompt. */
const READ_WITHIN = ['cached_tokens', 'cacheReadTokens', 'cacheRead', 'cache_read'];
const WRITE_WITHIN = [
  'cache_write_tokens',
  'cacheWriteTokens',
  'cacheWrite',
  'cache_creation',
  'cache_creation_tokens',
];
const READ = [
  'cached_tokens', // Moonshot
  'prompt_cache_hit_tokens', // DeepSeek
  'cachedContentTokenCount',
  'cachedInputTokens',
  'cacheRead',
];
/** Cached tokens beside the input: Anthropic, Bedrock. */
const READ_BESIDE = ['cache_read_input_tokens', 'cacheReadInputTokens'];
const WRITE_BESIDE = ['cache_creation_input_tokens', 'cacheWriteInputTokens'];
const REASONING = [
  'reasoning_tokens',
  'thinking_tokens',
  'reasoningTokens',
  'reasoning',
  'thoughtsTokenCount',
];

/**
 * Reads a usage object of OpenAI, Anthropic, Google, Ollama, Bedrock, Mistral, LangChain, the AI SDK
 * or a provider that imitates one of them.
 *
 * @param value The usage object.
 * @returns The tokens, or undefined if the value has no counts.
 * @example
 * ```ts
 * import { readUsage } from '@map/metrics/llm';
 *
 * console.log(readUsage({ input_tokens: 50, output_tokens: 5, cache_read_input_tokens: 40 })?.prompt); // 90
 * ```
 */
export function readUsage(value: unknown): LlmUsage | undefined {
  const usage = loose(value);
  // Anthropic: a compacted request lists each sampling, and the outer counts have only the last.
  const iterations = usage['iterations'];
  if (Array.isArray(iterations) && iterations.length > 0) {
    const parts = iterations.map((part) => readUsage(part)).filter((part) => part !== undefined);
    const sum = addUsage(parts);
    if (sum !== undefined) return { ...sum, batch: isBatch(usage) };
  }
  // Language models of the AI SDK have counts by kind where its results have numbers.
  if (isCounts(usage['inputTokens']) || isCounts(usage['outputTokens'])) return readCounts(usage);
  // Cohere has both billed units and tokens.
  if (typeof usage['tokens'] === 'object') return readUsage(usage['tokens']);
  return readFlat(usage);
}

/** Adds up the usage of several requests, or gives undefined if there is none. */
export function addUsage(parts: readonly LlmUsage[]): LlmUsage | undefined {
  const [first, ...others] = parts;
  return others.length === 0 ? first : parts.reduce(add);
}

function add(a: LlmUsage, b: LlmUsage): LlmUsage {
  const cost = a.costUsd === undefined && b.costUsd === undefined;
  return {
    prompt: a.prompt + b.prompt,
    completion: a.completion + b.completion,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheWriteHour: positive((a.cacheWriteHour ?? 0) + (b.cacheWriteHour ?? 0)),
    reasoning: a.reasoning + b.reasoning,
    costUsd: cost ? undefined : (a.costUsd ?? 0) + (b.costUsd ?? 0),
    batch: (a.batch === true && b.batch === true) || undefined,
  };
}

function readFlat(usage: Loose): LlmUsage | undefined {
  const namedPrompt = count(usage, PROMPT);
  const statedPrompt = namedPrompt ?? count(usage, INPUT);
  const statedCompletion = count(usage, COMPLETION) ?? count(usage, OUTPUT);
  if (statedPrompt === undefined && statedCompletion === undefined) return undefined;
  const input = details(usage, INPUT_DETAILS);
  const output = details(usage, OUTPUT_DETAILS);
  const thoughts = count(usage, ['thoughtsTokenCount']) ?? 0;
  let prompt = (statedPrompt ?? 0) + (count(usage, ['toolUsePromptTokenCount']) ?? 0);
  let completion = (statedCompletion ?? 0) + thoughts;
  const readBeside = count(usage, READ_BESIDE);
  const writeBeside = count(usage, WRITE_BESIDE);
  const cacheRead = readBeside ?? sum(input, READ_WITHIN) ?? count(usage, READ) ?? 0;
  const cacheWrite = writeBeside ?? sum(input, WRITE_WITHIN) ?? count(usage, ['cacheWrite']) ?? 0;
  let reasoning = sum(output, REASONING) ?? count(usage, REASONING) ?? 0;

  const beside = (readBeside ?? 0) + (writeBeside ?? 0);
  const total = count(usage, TOTAL);
  const extra = total === undefined ? 0 : Math.max(0, total - prompt - completion);
  if (beside > 0 && (total === undefined ? namedPrompt === undefined : extra >= beside)) {
    prompt += beside;
  } else if (extra > 0 && extra === cacheRead + cacheWrite) {
    prompt += extra;
  } else if (extra > 0) {
    completion += extra;
    if (reasoning === 0) reasoning = extra;
  }
  return clamp({
    prompt,
    completion,
    cacheRead,
    cacheWrite,
    cacheWriteHour: hourOf(usage),
    reasoning,
    costUsd: count(usage, ['cost', 'costUsd']),
    batch: isBatch(usage),
  });
}

function isCounts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readCounts(usage: Loose): LlmUsage | undefined {
  const input = loose(usage['inputTokens']);
  const output = loose(usage['outputTokens']);
  const prompt = count(input, ['total']) ?? count(input, ['noCache']);
  const completion = count(output, ['total']) ?? count(output, ['text']);
  if (prompt === undefined && completion === undefined) return undefined;
  return clamp({
    prompt: prompt ?? 0,
    completion: completion ?? 0,
    cacheRead: count(input, ['cacheRead']) ?? 0,
    cacheWrite: count(input, ['cacheWrite']) ?? 0,
    cacheWriteHour: hourOf(loose(usage['raw'])),
    reasoning: count(output, ['reasoning']) ?? 0,
    costUsd: count(loose(usage['raw']), ['cost']),
  });
}

/** Keeps each part within its whole. */
function clamp(usage: LlmUsage): LlmUsage {
  const cacheRead = Math.min(usage.cacheRead, usage.prompt);
  const cacheWrite = Math.min(usage.cacheWrite, usage.prompt - cacheRead);
  return {
    ...usage,
    cacheRead,
    cacheWrite,
    cacheWriteHour: positive(Math.min(usage.cacheWriteHour ?? 0, cacheWrite)),
    reasoning: Math.min(usage.reasoning, usage.completion),
  };
}

/** Anthropic: tokens written to the cache for an hour. LangChain and the AI SDK pass them on. */
function hourOf(usage: Loose): number {
  const own = loose(usage['cache_creation']);
  return (
    count(own, ['ephemeral_1h_input_tokens']) ??
    count(loose(usage['input_token_details']), ['ephemeral_1h_input_tokens']) ??
    count(loose(loose(usage['raw'])['cache_creation']), ['ephemeral_1h_input_tokens']) ??
    count(usage, ['cacheWriteHour']) ??
    0
  );
}

function isBatch(usage: Loose): true | undefined {
  return usage['service_tier'] === 'batch' || usage['batch'] === true || undefined;
}

function positive(tokens: number): number | undefined {
  return tokens > 0 ? tokens : undefined;
}

/** The first object, or list of objects, under one of the names. */
function details(usage: Loose, names: readonly string[]): readonly Loose[] {
  for (const name of names) {
    const value = usage[name];
    if (Array.isArray(value)) return value.map(loose);
    if (typeof value === 'object' && value !== null) return [loose(value)];
  }
  return [];
}

function sum(objects: readonly Loose[], names: readonly string[]): number | undefined {
  const counts = objects.map((one) => count(one, names)).filter((one) => one !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((a, b) => a + b, 0);
}

function count(usage: Loose, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = usage[name];
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  }
  return undefined;
}
