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
 *     Gemini in OpenAI's shape, state reasoning beside the completion);
 *   - without a total, reasoning that is larger than the completion is beside it.
 *
 * A part is never larger than its whole.
 */
import { count, details, fields, isCounts, sum } from './counts.ts';
import { type Loose, loose, optional } from './loose.ts';
import { tierOfUsage } from './service-tier.ts';
import type { LlmUsage } from './usage.ts';
import { addUsage, clamp, coversAll } from './usage-sums.ts';

/*
 * The names are without underscores and in lower case: SDKs of one API write `cached_tokens` and
 * `cachedTokens`.
 */
const PROMPT = ['prompt', 'prompttokens', 'prompttokencount', 'totalinputtokens'];
const INPUT = [
  'inputtokens',
  'promptevalcount',
  'tokens',
  // Bedrock, and Titan on it
  'inputtokencount',
  'inputtexttokencount',
  'tokensevaluated', // llama.cpp
];
const COMPLETION = ['completion', 'completiontokens'];
const OUTPUT = [
  'outputtokens',
  'evalcount',
  'candidatestokencount',
  'responsetokencount',
  'totaloutputtokens',
  // Bedrock, Llama and Titan on it
  'outputtokencount',
  'generationtokencount',
  'generatedtokencount', // watsonx
  'totaloutputtexttokencount',
  'tokenspredicted', // llama.cpp
];
const TOTAL = ['totaltokens', 'totaltokencount'];
const INPUT_DETAILS = ['prompttokensdetails', 'inputtokensdetails', 'inputtokendetails'];
const OUTPUT_DETAILS = ['completiontokensdetails', 'outputtokensdetails', 'outputtokendetails'];
/** Cached tokens that are part of the prompt. */
const READ_WITHIN = ['cachedtokens', 'cachereadtokens', 'cacheread'];
const WRITE_WITHIN = [
  'cachewritetokens',
  'cachewrite',
  'cachecreation',
  'cachecreationtokens',
  'cachecreationinputtokens', // Qwen
];
const READ = [
  'cachedtokens', // Moonshot, Cohere
  'promptcachehittokens', // DeepSeek
  'cachedcontenttokencount',
  'cachedinputtokens',
  'cacheread',
  'totalcachedtokens',
  'numcachedtokens', // Mistral
];
/** Cached tokens beside the input: Anthropic, Bedrock. */
const READ_BESIDE = ['cachereadinputtokens', 'cachereadinputtokencount'];
const WRITE_BESIDE = [
  'cachecreationinputtokens',
  'cachewriteinputtokens',
  'cachewriteinputtokencount',
];
const REASONING = ['reasoningtokens', 'thinkingtokens', 'reasoning'];
/** Google: reasoning and results of tools beside the rest. */
const THOUGHTS = ['thoughtstokencount', 'totalthoughttokens'];
const TOOL_PROMPT = ['tooluseprompttokencount', 'totaltoolusetokens'];

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
  try {
    return addUsage(readRequests(value));
  } catch {
    // A getter that throws.
    return undefined;
  }
}

/** Reads a usage object as {@link readUsage} does, with each model request that it lists. */
export function readRequests(value: unknown): readonly LlmUsage[] {
  const counts = countsIn(value);
  // Most responses are asked for usage in several places, of which one has it.
  if (counts.length === 0) return [];
  const requests = counts
    .map(readCounted)
    .filter((one) => one.length > 0)
    .reduceRight<readonly LlmUsage[]>((best, one) => (coversAll(best, one) ? best : one), []);
  const serviceTier = counts.map(tierOfUsage).find((one) => one !== undefined);
  const batch = isBatch(counts[0] ?? {});
  if (serviceTier === undefined && batch === undefined) return requests;
  return requests.map((one) => ({
    ...one,
    batch: one.batch ?? batch,
    serviceTier: one.serviceTier ?? serviceTier,
  }));
}

/** The AI SDK and Mastra keep the provider's own counts, which may have what they leave out. */
function countsIn(value: unknown): Loose[] {
  const usage = optional(value);
  if (usage === undefined) return [];
  const raw = optional(usage['raw']);
  if (raw === undefined) return [fields(usage)];
  const rawest = optional(raw['raw']);
  return [usage, raw, ...(rawest === undefined ? [] : [rawest])].map(fields);
}

function readCounted(usage: Loose): readonly LlmUsage[] {
  // Anthropic: a compacted request lists each sampling, and the outer counts have only the last.
  const { iterations, tokens, billedunits } = usage;
  if (Array.isArray(iterations)) {
    const parts = iterations.flatMap((part) =>
      readRequests(part).map((one) => ({ ...one, model: otherModel(part) })),
    );
    if (parts.length > 0) return parts;
  }
  const one = isCounts(usage['inputtokens'] ?? usage['outputtokens'])
    ? // Language models of the AI SDK have counts by kind where its results have numbers.
      readKinds(usage)
    : isCounts(billedunits ?? tokens)
      ? // Cohere has what it bills beside all tokens, which its instructions are part of.
        readFlat({ cachedtokens: usage['cachedtokens'], ...fields(tokens), ...fields(billedunits) })
      : readFlat(usage);
  return one === undefined ? [] : [one];
}

/** Iterations of the call's own model may have its full name where the call has a short one. */
function otherModel(iteration: unknown): string | undefined {
  const { type, model } = loose(iteration);
  const isOther = type === 'advisor_message' || type === 'fallback_message';
  return isOther && typeof model === 'string' ? model : undefined;
}

function readFlat(usage: Loose): LlmUsage | undefined {
  const namedPrompt = count(usage, PROMPT);
  const total = count(usage, TOTAL);
  const statedCompletion = count(usage, COMPLETION) ?? count(usage, OUTPUT);
  // Some embeddings have a total alone.
  const rest = statedCompletion === undefined ? total : undefined;
  const statedPrompt = namedPrompt ?? count(usage, INPUT) ?? rest;
  if (statedPrompt === undefined && statedCompletion === undefined) return undefined;
  const input = details(usage, INPUT_DETAILS);
  const output = details(usage, OUTPUT_DETAILS);
  const thoughts = count(usage, THOUGHTS) ?? 0;
  // Perplexity: what it has read and reasoned for a report is in no other count, nor in the total.
  const citations = count(usage, ['citationtokens']);
  const research = citations === undefined ? 0 : (count(usage, REASONING) ?? 0);
  let prompt = (statedPrompt ?? 0) + (count(usage, TOOL_PROMPT) ?? 0) + (citations ?? 0);
  let completion = (statedCompletion ?? 0) + thoughts + research;
  const readBeside = count(usage, READ_BESIDE);
  const writeBeside = count(usage, WRITE_BESIDE);
  const cacheRead = readBeside ?? sum(input, READ_WITHIN) ?? count(usage, READ) ?? 0;
  const cacheWrite = writeBeside ?? sum(input, WRITE_WITHIN) ?? count(usage, ['cachewrite']) ?? 0;
  let reasoning = sum(output, REASONING) ?? count(usage, REASONING) ?? thoughts;

  // LiteLLM has the names of both.
  const isWithin = namedPrompt !== undefined || sum(input, READ_WITHIN) !== undefined;
  const beside = (readBeside ?? 0) + (writeBeside ?? 0);
  const extra = total === undefined ? 0 : Math.max(0, total - prompt - completion);
  if (beside > 0 && (total === undefined ? !isWithin : extra >= beside)) {
    prompt += beside;
  } else if (extra > 0 && extra === cacheRead + cacheWrite && extra !== reasoning) {
    prompt += extra;
  } else if (extra > 0) {
    completion += extra;
    if (reasoning === 0) reasoning = extra;
  } else if (total === undefined && reasoning > completion) {
    completion += reasoning;
  }
  return clamp({
    prompt,
    completion,
    cacheRead,
    cacheWrite,
    cacheWriteHour: hourOf(usage),
    reasoning,
    costUsd: costOf(usage),
  });
}

function readKinds(usage: Loose): LlmUsage | undefined {
  const input = fields(usage['inputtokens']);
  const output = fields(usage['outputtokens']);
  const raw = fields(usage['raw']);
  const prompt = count(input, ['total', 'nocache']);
  const completion = count(output, ['total', 'text']);
  if (prompt === undefined && completion === undefined) return undefined;
  const reasoning = count(output, ['reasoning']) ?? 0;
  const beside = reasoning > (completion ?? 0) ? reasoning : 0;
  return clamp({
    prompt: prompt ?? 0,
    completion: (completion ?? 0) + beside,
    cacheRead: count(input, ['cacheread']) ?? 0,
    cacheWrite: count(input, ['cachewrite']) ?? 0,
    cacheWriteHour: hourOf(raw),
    reasoning,
    costUsd: costOf(raw),
  });
}

/** The cost, as a provider states it. */
function costOf(usage: Loose): number | undefined {
  // Perplexity has it in parts, DeepInfra estimates it, xAI has it in ticks.
  const cost =
    count(usage, ['cost', 'costusd', 'estimatedcost']) ??
    count(fields(usage['cost']), ['totalcost']);
  const ticks = count(usage, ['costinusdticks']);
  if (cost === undefined) return ticks === undefined ? undefined : ticks * 1e-10;
  // OpenRouter with a key of one's own: the fee, and beside it the bill of the provider.
  const upstream = count(fields(usage['costdetails']), ['upstreaminferencecost']) ?? 0;
  return cost + (usage['isbyok'] === true ? upstream : 0);
}

/** Tokens written to the cache for an hour: Anthropic, passed on by LangChain and the AI SDK. */
function hourOf(usage: Loose): number {
  const raw = fields(usage['raw']);
  const places = [usage['cachecreation'], usage['inputtokendetails'], raw['cachecreation']];
  for (const place of places) {
    const tokens = count(fields(place), ['ephemeral1hinputtokens']);
    if (tokens !== undefined) return tokens;
  }
  const bedrock = details(usage, ['cachedetails']).filter(({ ttl }) => ttl === '1h');
  return sum(bedrock, ['inputtokens']) ?? count(usage, ['cachewritehour']) ?? 0;
}

function isBatch(usage: Loose): true | undefined {
  return usage['servicetier'] === 'batch' || usage['batch'] === true || undefined;
}
