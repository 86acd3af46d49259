/** Tokens of one request; cached and reasoning tokens are parts of prompt and completion. */
export interface LlmUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

/** An object of unknown shape. */
export type Loose = Readonly<Record<string, unknown>>;

/** The value as an object to look into, or an empty one. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

/**
 * Reads a usage object of OpenAI (chat completions and responses), Anthropic or the AI SDK.
 *
 * Anthropic counts cached tokens beside the input, the others within it; here they are within.
 */
export function readUsage(value: unknown): LlmUsage | undefined {
  const usage = loose(value);
  const prompt = count(usage['prompt_tokens'], usage['input_tokens'], usage['inputTokens']);
  const completion = count(
    usage['completion_tokens'],
    usage['output_tokens'],
    usage['outputTokens'],
  );
  const embedded = count(usage['tokens']);
  if (prompt === undefined && completion === undefined && embedded === undefined) return undefined;
  const input = loose(
    usage['prompt_tokens_details'] ?? usage['input_tokens_details'] ?? usage['inputTokenDetails'],
  );
  const output = loose(
    usage['completion_tokens_details'] ??
      usage['output_tokens_details'] ??
      usage['outputTokenDetails'],
  );
  const besideRead = count(usage['cache_read_input_tokens']);
  const besideWrite = count(usage['cache_creation_input_tokens']);
  const within = count(
    input['cached_tokens'],
    input['cacheReadTokens'],
    usage['cachedInputTokens'],
  );
  return {
    prompt: (prompt ?? embedded ?? 0) + (besideRead ?? 0) + (besideWrite ?? 0),
    completion: completion ?? 0,
    cacheRead: besideRead ?? within ?? 0,
    cacheWrite: besideWrite ?? count(input['cache_write_tokens'], input['cacheWriteTokens']) ?? 0,
    reasoning:
      count(
        output['reasoning_tokens'],
        output['thinking_tokens'],
        output['reasoningTokens'],
        usage['reasoningTokens'],
      ) ?? 0,
  };
}

function count(...candidates: unknown[]): number | undefined {
  return candidates.find(
    (candidate): candidate is number =>
      typeof candidate === 'number' && candidate >= 0 && Number.isFinite(candidate),
  );
}
