import { array, type Loose, loose } from '../usage/loose.ts';
import { readRequests } from '../usage/read-usage.ts';
import { statedTier } from '../usage/service-tier.ts';
import type { LlmUsage } from '../usage/usage.ts';
import { addUsage, covers } from '../usage/usage-sums.ts';

/** Returns whether an object is the pair of a response and its data that `withResponse()` gives. */
export function isWithResponse(value: object): value is { data: unknown; response: unknown } {
  return 'data' in value && 'response' in value;
}

/**
 * Reads the usage of each model request behind a whole response, a list of responses, a run, or an
 * error that has one.
 */
export function usagesOf(value: unknown): readonly LlmUsage[] {
  // Embeddings are lists of up to millions of numbers.
  if (Array.isArray(value)) return value.filter(isObject).flatMap(usagesOf);
  const answer = loose(value);
  const batched = resultOfBatch(answer);
  if (batched !== undefined) return usagesOf(batched).map((usage) => ({ ...usage, batch: true }));
  // Promise.allSettled
  if (answer['status'] === 'fulfilled') return usagesOf(answer['value']);
  const requests = complete(usagesOfSteps(answer), statedBy(answer));
  if (answer['object'] !== 'batch') return requests;
  return requests.map((usage) => ({ ...usage, batch: true }));
}

/** The response in a line of the results of a batch: of OpenAI and Mistral, or of Anthropic. */
export function resultOfBatch(line: Loose): object | undefined {
  if (typeof line['custom_id'] !== 'string') return undefined;
  const { result, response, error } = line;
  const body = loose(response)['body'];
  const failed = loose(result)['error'] ?? error;
  return loose(loose(result)['message'] ?? body ?? { error: failed });
}

/** The usage of each request if these are all; otherwise the stated total. */
export function complete(
  requests: readonly LlmUsage[],
  total: readonly LlmUsage[],
): readonly LlmUsage[] {
  const [sum, stated] = [addUsage(requests), addUsage(total)];
  if (stated === undefined) return requests;
  return sum !== undefined && covers(sum, stated) ? requests : total;
}

/** Reads the usage of each request of a run of OpenAI's agents, which keeps the responses. */
export function usagesOfRun(run: object): readonly LlmUsage[] {
  return read(array(loose(run)['rawResponses']).map(usageOf));
}

function usagesOfSteps(answer: Loose): readonly LlmUsage[] {
  const steps = answer['steps'];
  if (Array.isArray(steps)) return read(steps.map(usageOf));
  const responses = usagesOfRun(answer);
  if (responses.length > 0) return responses;
  // The errors of OpenAI's agents have the state of the run.
  return read(array(loose(loose(answer['state'])['usage'])['requestUsageEntries']));
}

/**
 * Returns the usage of a response together with the provider's own counts, where a library keeps
 * these: LangChain, the AI SDK, the agents of OpenAI.
 */
export function usageOf(response: unknown): unknown {
  const {
    usage,
    usage_metadata,
    response_metadata,
    response: http,
    providerData,
  } = loose(response);
  const normalized = usage ?? usage_metadata;
  const sources = [response_metadata, loose(http)['body'], providerData];
  const raw = sources.map((source) => loose(source)['usage']).find(isObject);
  // Some models of LangChain have the provider's alone, such as Groq's.
  if (!isObject(normalized)) return raw;
  const tier = statedTier(response);
  return {
    ...(raw !== undefined && { raw }),
    ...(tier !== undefined && { service_tier: tier }),
    ...normalized,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function read(usages: readonly unknown[]): readonly LlmUsage[] {
  return usages.flatMap((usage) => readRequests(usage));
}

function statedBy(answer: Loose): readonly LlmUsage[] {
  for (const candidate of candidates(answer)) {
    const requests = readRequests(candidate);
    if (requests.length > 0) return requests;
  }
  return [];
}

function* candidates(answer: Loose): Generator<unknown> {
  yield answer['totalUsage'];
  yield usageOf(answer);
  yield answer['usageMetadata'];
  yield loose(answer['x_groq'])['usage'];
  yield loose(first(answer['choices']))['usage'];
  yield loose(answer['llmOutput'])['tokenUsage'];
  yield usageOf(answer['raw']);
  yield loose(answer['state'])['usage'];
  // In the AI SDK, only the body has the usage of a transcription.
  yield loose(loose(first(answer['responses']))['body'])['usage'];
  // Cohere's embeddings and its first interface.
  yield answer['meta'];
  yield embeddingsOf(array(answer['embeddings']));
  yield embeddingsOf(array(answer['predictions']).map((one) => loose(one)['embeddings']));
  // The body of a response, as clients for HTTP and Cloudflare give it.
  for (const name of ['data', 'body', 'result']) {
    yield usageOf(answer[name]);
    yield loose(answer[name])['usageMetadata'];
  }
  // Replicate, watsonx
  yield answer['metrics'];
  yield first(answer['results']);
  if (hasOwnCounts(answer)) yield answer;
  // Titan
  const outputs = array(answer['results']).map((one) => loose(one)['tokenCount']);
  if ('inputTextTokenCount' in answer) yield { ...answer, output_tokens: total(outputs) };
}

const OWN_COUNTS = [
  'eval_count',
  'prompt_eval_count',
  'generation_token_count',
  'tokens_predicted',
];

/** Whether the counts are in the response itself: Ollama, Llama on Bedrock, llama.cpp. */
export function hasOwnCounts(answer: Loose): boolean {
  return OWN_COUNTS.some((name) => typeof answer[name] === 'number');
}

function total(counts: readonly unknown[]): number | undefined {
  const known = counts.filter((one) => typeof one === 'number');
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b);
}

/** Google states the tokens of each embedding. */
function embeddingsOf(embeddings: readonly unknown[]): Loose {
  const statistics = embeddings.map((one) => loose(loose(one)['statistics']));
  return { tokens: total(statistics.map((one) => one['tokenCount'] ?? one['token_count'])) };
}

function first(list: unknown): unknown {
  return array(list)[0];
}

/** Where responses have their output. */
const OUTPUT = ['choices', 'output', 'outputs', 'content', 'candidates', 'message', 'data'];

/** Finds the failure in a response that was received, such as a body with an error and status 200. */
export function failureOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(isObject).map(failureOf).find(isKnown);
  const answer = loose(value);
  const { status, error, errors } = answer;
  const batched = resultOfBatch(answer);
  if (batched !== undefined) return undefined;
  if (status === 'failed') return error ?? first(loose(errors)['data']) ?? { name: 'failed' };
  // A whole run of Mastra has its reason alone.
  if (status === 'cancelled' || answer['finishReason'] === 'aborted') return { name: 'AbortError' };
  if (status === 'rejected' && 'reason' in answer) return answer['reason'];
  return hasOutput(answer)
    ? failureOfChoice(first(answer['choices']))
    : [error, first(errors), ...failuresOfBody(answer)].find(isFailure);
}

/** Bodies that are the error: vLLM and Mistral, Anthropic, FastAPI, MiniMax. */
function* failuresOfBody(answer: Loose): Generator<unknown> {
  const { object, type, detail, base_resp } = answer;
  if (object === 'error' || type === 'error') yield answer;
  if (detail !== undefined && Object.keys(answer).length === 1) yield { type: 'error' };
  const code = loose(base_resp)['status_code'];
  if (typeof code === 'number' && code !== 0) yield { code: `status_${code}` };
}

function hasOutput(answer: Loose): boolean {
  return OUTPUT.some((name) => {
    const part = answer[name];
    // The message of an error is a string.
    if (typeof part === 'string') return part !== '' && name !== 'message';
    return Array.isArray(part) ? part.length > 0 : isKnown(part);
  });
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isFailure(error: unknown): boolean {
  return isObject(error) || (typeof error === 'string' && error !== '');
}

/** OpenRouter and others report the failure of a model in the choice. */
export function failureOfChoice(choice: unknown): unknown {
  const { error, finish_reason } = loose(choice);
  return error ?? (finish_reason === 'error' ? { code: 'finish_reason_error' } : undefined);
}
