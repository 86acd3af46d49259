import { describe, expect, test } from 'vitest';
import { readUsage } from '../../src/llm/llm.ts';

describe('readUsage', () => {
  test.each([
    [
      "LiteLLM: OpenAI's names, with cached tokens beside them that are part of the prompt",
      {
        prompt_tokens: 8_950,
        completion_tokens: 50,
        total_tokens: 9_000,
        cache_read_input_tokens: 8_000,
        cache_creation_input_tokens: 900,
        prompt_tokens_details: { cached_tokens: 8_000 },
      },
      { prompt: 8_950, completion: 50, cacheRead: 8_000, cacheWrite: 900, reasoning: 0 },
    ],
    [
      'the same without a total',
      { prompt_tokens: 500, completion_tokens: 5, cache_read_input_tokens: 400 },
      { prompt: 500, completion: 5, cacheRead: 400, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'cached tokens beside the prompt, as the total tells',
      { prompt_tokens: 100, completion_tokens: 5, total_tokens: 505, cache_read_input_tokens: 400 },
      { prompt: 500, completion: 5, cacheRead: 400, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'xAI: reasoning beside the completion',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 430,
        completion_tokens_details: { reasoning_tokens: 280 },
      },
      { prompt: 100, completion: 330, cacheRead: 0, cacheWrite: 0, reasoning: 280 },
    ],
    [
      'xAI through a gateway that drops the total',
      {
        prompt_tokens: 14,
        completion_tokens: 1,
        completion_tokens_details: { reasoning_tokens: 386 },
      },
      { prompt: 14, completion: 387, cacheRead: 0, cacheWrite: 0, reasoning: 386 },
    ],
    [
      'xAI through an adapter that takes reasoning for a part of the completion',
      {
        inputTokens: { total: 12, noCache: 8, cacheRead: 4 },
        outputTokens: { total: 2, text: -315, reasoning: 317 },
      },
      { prompt: 12, completion: 319, cacheRead: 4, cacheWrite: 0, reasoning: 317 },
    ],
    [
      'reasoning without a total that may be within',
      { prompt_tokens: 14, completion_tokens: 400, reasoning_tokens: 386 },
      { prompt: 14, completion: 400, cacheRead: 0, cacheWrite: 0, reasoning: 386 },
    ],
    [
      "Gemini in OpenAI's shape: only the total shows the reasoning",
      { prompt_tokens: 100, completion_tokens: 50, total_tokens: 430 },
      { prompt: 100, completion: 330, cacheRead: 0, cacheWrite: 0, reasoning: 280 },
    ],
    [
      'OpenAI: reasoning within the completion',
      {
        prompt_tokens: 100,
        completion_tokens: 330,
        total_tokens: 430,
        completion_tokens_details: { reasoning_tokens: 280 },
      },
      { prompt: 100, completion: 330, cacheRead: 0, cacheWrite: 0, reasoning: 280 },
    ],
    [
      'Anthropic: a compaction is billed beside the message',
      {
        input_tokens: 1_000,
        output_tokens: 100,
        cache_read_input_tokens: 0,
        iterations: [
          { type: 'compaction', input_tokens: 150_000, output_tokens: 3_000 },
          { type: 'message', input_tokens: 1_000, output_tokens: 100, cache_read_input_tokens: 7 },
        ],
      },
      { prompt: 151_007, completion: 3_100, cacheRead: 7, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Anthropic: tokens written for an hour',
      {
        input_tokens: 10,
        output_tokens: 1,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        service_tier: 'batch',
      },
      {
        prompt: 310,
        completion: 1,
        cacheRead: 0,
        cacheWrite: 300,
        cacheWriteHour: 200,
        reasoning: 0,
        batch: true,
      },
    ],
    [
      'Moonshot',
      { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, cached_tokens: 60 },
      { prompt: 100, completion: 5, cacheRead: 60, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'DeepSeek',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 36,
      },
      { prompt: 100, completion: 5, cacheRead: 64, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Google: thoughts and tool results are extra',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        toolUsePromptTokenCount: 20,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 70,
        totalTokenCount: 220,
      },
      { prompt: 120, completion: 100, cacheRead: 40, cacheWrite: 0, reasoning: 70 },
    ],
    [
      'Ollama',
      { prompt_eval_count: 26, eval_count: 290 },
      { prompt: 26, completion: 290, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'LangChain: cached tokens are within, also those of Anthropic',
      {
        input_tokens: 100,
        output_tokens: 5,
        total_tokens: 105,
        input_token_details: { cache_read: 40, cache_creation: 10 },
        output_token_details: { reasoning: 2 },
      },
      { prompt: 100, completion: 5, cacheRead: 40, cacheWrite: 10, reasoning: 2 },
    ],
    [
      'the agents of OpenAI: details of each request',
      {
        requests: 2,
        inputTokens: 100,
        outputTokens: 9,
        totalTokens: 109,
        inputTokensDetails: [{ cached_tokens: 30 }, { cached_tokens: 10 }],
        outputTokensDetails: [{ reasoning_tokens: 1 }, { reasoning_tokens: 2 }],
      },
      { prompt: 100, completion: 9, cacheRead: 40, cacheWrite: 0, reasoning: 3 },
    ],
    [
      'a language model of the AI SDK',
      {
        inputTokens: { total: 100, noCache: 50, cacheRead: 40, cacheWrite: 10 },
        outputTokens: { total: 9, text: 6, reasoning: 3 },
      },
      { prompt: 100, completion: 9, cacheRead: 40, cacheWrite: 10, reasoning: 3 },
    ],
    [
      'Bedrock: cached tokens beside the input',
      {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 115,
        cacheReadInputTokens: 80,
        cacheWriteInputTokens: 20,
      },
      { prompt: 110, completion: 5, cacheRead: 80, cacheWrite: 20, reasoning: 0 },
    ],
    [
      'Mistral',
      { promptTokens: 11, completionTokens: 4, totalTokens: 15 },
      { prompt: 11, completion: 4, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Cohere: billed units, not all tokens',
      {
        billed_units: { input_tokens: 3, output_tokens: 4 },
        tokens: { input_tokens: 70, output_tokens: 4 },
      },
      { prompt: 3, completion: 4, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Cohere: cached tokens beside the tokens',
      {
        billedUnits: { inputTokens: 3, outputTokens: 4 },
        tokens: { inputTokens: 70, outputTokens: 4 },
        cachedTokens: 2,
      },
      { prompt: 3, completion: 4, cacheRead: 2, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Cohere: embeddings have billed units alone',
      { api_version: { version: '2' }, billed_units: { input_tokens: 8 } },
      { prompt: 8, completion: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'LiteLLM in the shape of responses, without a total',
      {
        input_tokens: 9_000,
        output_tokens: 100,
        input_tokens_details: { cached_tokens: 8_000 },
        cache_read_input_tokens: 8_000,
      },
      { prompt: 9_000, completion: 100, cacheRead: 8_000, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'reasoning beside the completion, as many as are cached',
      {
        prompt_tokens: 1_000,
        completion_tokens: 20,
        total_tokens: 1_420,
        prompt_tokens_details: { cached_tokens: 400 },
        completion_tokens_details: { reasoning_tokens: 400 },
      },
      { prompt: 1_000, completion: 420, cacheRead: 400, cacheWrite: 0, reasoning: 400 },
    ],
    [
      'Mistral: cached tokens',
      { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, num_cached_tokens: 64 },
      { prompt: 100, completion: 50, cacheRead: 64, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Perplexity: a report, with its cost',
      {
        prompt_tokens: 33,
        completion_tokens: 7_163,
        total_tokens: 7_196,
        citation_tokens: 20_016,
        num_search_queries: 18,
        reasoning_tokens: 73_997,
        cost: { input_tokens_cost: 0.1, total_cost: 0.41 },
      },
      {
        prompt: 20_049,
        completion: 81_160,
        cacheRead: 0,
        cacheWrite: 0,
        reasoning: 73_997,
        costUsd: 0.41,
      },
    ],
    [
      'DeepInfra, with its cost',
      { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, estimated_cost: 0.0000021 },
      { prompt: 7, completion: 2, cacheRead: 0, cacheWrite: 0, reasoning: 0, costUsd: 0.0000021 },
    ],
    [
      'embeddings with a total alone',
      { total_tokens: 12 },
      { prompt: 12, completion: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Qwen: written tokens in the details',
      {
        prompt_tokens: 300,
        completion_tokens: 40,
        prompt_tokens_details: { cached_tokens: 100, cache_creation_input_tokens: 50 },
      },
      { prompt: 300, completion: 40, cacheRead: 100, cacheWrite: 50, reasoning: 0 },
    ],
    [
      "an SDK that writes OpenAI's names in camel case",
      {
        promptTokens: 41,
        completionTokens: 33,
        totalTokens: 74,
        promptTokensDetails: { cachedTokens: 11 },
        completionTokensDetails: { reasoningTokens: 20 },
      },
      { prompt: 41, completion: 33, cacheRead: 11, cacheWrite: 0, reasoning: 20 },
    ],
    [
      'Google: an interaction',
      {
        total_input_tokens: 30,
        total_cached_tokens: 10,
        total_tool_use_tokens: 2,
        total_output_tokens: 5,
        total_thought_tokens: 7,
        total_tokens: 44,
      },
      { prompt: 32, completion: 12, cacheRead: 10, cacheWrite: 0, reasoning: 7 },
    ],
    [
      'Bedrock: tokens written for an hour',
      {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 35,
        cacheWriteInputTokens: 20,
        cacheDetails: [
          { inputTokens: 12, ttl: '1h' },
          { inputTokens: 8, ttl: '5m' },
        ],
      },
      {
        prompt: 30,
        completion: 5,
        cacheRead: 0,
        cacheWrite: 20,
        cacheWriteHour: 12,
        reasoning: 0,
      },
    ],
    [
      'Perplexity: the cost in parts',
      { prompt_tokens: 10, completion_tokens: 2, cost: { request_cost: 0.006, total_cost: 0.009 } },
      { prompt: 10, completion: 2, cacheRead: 0, cacheWrite: 0, reasoning: 0, costUsd: 0.009 },
    ],
    [
      "OpenRouter: the provider's bill beside the fee, with a key of one's own",
      {
        prompt_tokens: 10,
        completion_tokens: 2,
        cost: 0.25,
        is_byok: true,
        cost_details: { upstream_inference_cost: 1.5 },
      },
      { prompt: 10, completion: 2, cacheRead: 0, cacheWrite: 0, reasoning: 0, costUsd: 1.75 },
    ],
    [
      'xAI: the cost in ticks',
      { prompt_tokens: 10, completion_tokens: 2, cost_in_usd_ticks: 5_000_000 },
      { prompt: 10, completion: 2, cacheRead: 0, cacheWrite: 0, reasoning: 0, costUsd: 0.0005 },
    ],
    [
      'OpenRouter: the cost',
      { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, cost: 0.00014 },
      {
        prompt: 10,
        completion: 2,
        cacheRead: 0,
        cacheWrite: 0,
        reasoning: 0,
        costUsd: 0.00014,
      },
    ],
    [
      'a part that is larger than its whole is cut to it',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 50 },
      },
      { prompt: 10, completion: 5, cacheRead: 10, cacheWrite: 0, reasoning: 5 },
    ],
  ])('%s', (_, usage, expected) => {
    expect(readUsage(usage)).toEqual(expected);
  });

  test.each([undefined, null, 5, 'x', {}, { type: 'duration', seconds: 3 }, { input_tokens: -1 }])(
    '%j has no usage',
    (usage) => {
      expect(readUsage(usage)).toBeUndefined();
    },
  );

  test('a usage that throws when it is read has no counts', () => {
    const hostile = {
      completion_tokens: 5,
      get prompt_tokens() {
        throw new Error('no');
      },
    };
    expect(readUsage(hostile)).toBeUndefined();
  });
});
