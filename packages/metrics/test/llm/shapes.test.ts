import { AIMessageChunk, type AIMessageChunkFields } from '@langchain/core/messages';
import { beforeEach, describe, expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { observeLlm } from '../../src/llm/llm.ts';
import { metricValue } from '../../src/testing.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});
const observe = <T>(run: () => T) => observeLlm({ provider: 'p', model: 'm', manager }, run);
const value = (name: string, labels = {}) => metricValue(name, labels, manager);

function expectTokens([prompt, completion, cacheRead = 0]: readonly number[]): void {
  expect({
    prompt: value('llm_tokens_total', { type: 'prompt' }),
    completion: value('llm_tokens_total', { type: 'completion' }),
    cacheRead: value('llm_token_details_total', { detail: 'cache_read' }),
    success: value('llm_requests_total', { status: 'success' }),
    inFlight: value('llm_requests_in_flight'),
  }).toEqual({ prompt, completion, cacheRead, success: 1, inFlight: 0 });
}

async function* streamOf(chunks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* chunks;
}

const part = (fields: object) => new AIMessageChunk(fields as AIMessageChunkFields);

const bedrock = {
  inputTokens: 10,
  outputTokens: 5,
  totalTokens: 95,
  cacheReadInputTokens: 80,
};
const cohere = { tokens: { inputTokens: 70, outputTokens: 9 }, cachedTokens: 64 };
const google = (output: number) => ({ promptTokenCount: 7, candidatesTokenCount: output });
const tokens = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };

test('embeddings that are bare lists of numbers have no usage, and are not searched for any', async () => {
  const embeddings = Array.from({ length: 1_000 }, () => Array.from({ length: 1_024 }, () => 0.5));
  expect(await observe(async () => embeddings)).toBe(embeddings);
  expect(value('llm_requests_without_usage_total')).toBe(1);
  expect(value('llm_requests_total', { status: 'success' })).toBe(1);
});

describe('a stream of', () => {
  test.each<[string, readonly unknown[], readonly number[]]>([
    [
      'Cohere',
      [
        { type: 'content-delta', index: 0, delta: { message: { content: { text: 'a' } } } },
        { type: 'message-end', delta: { finishReason: 'COMPLETE', usage: cohere } },
      ],
      [70, 9, 64],
    ],
    [
      'Cohere before version 2',
      [
        { eventType: 'stream-start', generationId: 'g' },
        { eventType: 'text-generation', text: 'a' },
        { eventType: 'stream-end', response: { text: 'a', meta: cohere } },
      ],
      [70, 9, 64],
    ],
    [
      'Google, whose SDK calls a function and asks again',
      [
        { candidates: [{ content: {} }], responseId: 'a', usageMetadata: google(2) },
        { candidates: [{ content: {} }], responseId: 'b', usageMetadata: google(1) },
        { candidates: [{ content: { parts: [{ text: 'a' }] } }], usageMetadata: google(3) },
      ],
      [14, 5],
    ],
    [
      'completions of OpenAI before chat',
      [{ choices: [{ index: 0, text: 'a' }] }, { choices: [], usage: tokens }],
      [7, 2],
    ],
    [
      'a conversation of Mistral',
      [
        { event: 'message.output.delta', data: { type: 'message.output.delta', content: 'a' } },
        { event: 'x', data: { type: 'conversation.response.done', usage: tokens } },
      ],
      [7, 2],
    ],
    [
      'an interaction of Google',
      [
        { event_type: 'interaction.start', interaction: { id: 'i' } },
        { event_type: 'content.delta', delta: { type: 'text', text: 'a' } },
        {
          event_type: 'interaction.complete',
          interaction: { usage: { total_input_tokens: 7, total_output_tokens: 2 } },
        },
      ],
      [7, 2],
    ],
    [
      'Ollama, a call of a tool',
      [
        { message: { content: '', tool_calls: [{ function: { name: 'x' } }] }, done: false },
        { message: { content: '' }, done: true, prompt_eval_count: 7, eval_count: 2 },
      ],
      [7, 2],
    ],
    [
      'LangChain for Anthropic, which states the output so far twice',
      [
        part({
          content: '',
          usage_metadata: { input_tokens: 7, output_tokens: 1, total_tokens: 8 },
        }),
        part({ content: 'a' }),
        part({
          content: '',
          usage_metadata: { input_tokens: 0, output_tokens: 2, total_tokens: 2 },
          additional_kwargs: { stop_reason: 'end_turn' },
        }),
      ],
      [7, 2],
    ],
  ])('%s', async (_, chunks, expected) => {
    for await (const _ of observe(() => streamOf(chunks)));
    expectTokens(expected);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
  });

  test('Bedrock, in an object', async () => {
    const chunks = [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: { text: 'a' }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: bedrock } },
    ];
    const response = { $metadata: {}, stream: streamOf(chunks) };
    const given = await observe(async () => response);
    expect(given).toBe(response);
    for await (const _ of given.stream);
    expectTokens([90, 5, 80]);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
  });
});

const bytes = (body: object) => new TextEncoder().encode(JSON.stringify(body));
const metrics = {
  'amazon-bedrock-invocationMetrics': { inputTokenCount: 7, outputTokenCount: 2 },
};

describe('a stream of Bedrock without its common shape, in bytes:', () => {
  const start = { input_tokens: 7, cache_read_input_tokens: 80, output_tokens: 1 };
  test.each<[string, readonly object[], readonly number[]]>([
    [
      'Claude',
      [
        { type: 'message_start', message: { id: 'm', usage: start } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
        { type: 'message_stop', ...metrics },
      ],
      [87, 2, 80],
    ],
    [
      'Llama',
      [
        { generation: 'a', prompt_token_count: 7, generation_token_count: 1 },
        { generation: '', prompt_token_count: null, generation_token_count: 2 },
      ],
      [7, 2],
    ],
    [
      'Titan',
      [
        { outputText: 'a', totalOutputTextTokenCount: null, inputTextTokenCount: 7 },
        { outputText: '', totalOutputTextTokenCount: 2, inputTextTokenCount: null, ...metrics },
      ],
      [7, 2],
    ],
    [
      'Nova',
      [
        { contentBlockDelta: { delta: { text: 'a' } } },
        {
          metadata: { usage: { inputTokens: 7, outputTokens: 2, cacheReadInputTokenCount: 80 } },
          ...metrics,
        },
      ],
      [87, 2, 80],
    ],
    [
      'Mistral',
      [
        { outputs: [{ text: 'a', stop_reason: null }] },
        { outputs: [{ text: '', stop_reason: 'stop' }], ...metrics },
      ],
      [7, 2],
    ],
    [
      'DeepSeek',
      [{ choices: [{ text: 'a' }] }, { choices: [{ text: '', stop_reason: 'stop' }], ...metrics }],
      [7, 2],
    ],
  ])('%s', async (_, chunks, expected) => {
    const body = streamOf(chunks.map((chunk) => ({ chunk: { bytes: bytes(chunk) } })));
    const response = { $metadata: {}, contentType: 'application/json', body };
    const given = await observe(async () => response);
    expect(given).toBe(response);
    for await (const _ of given.body);
    expectTokens(expected);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
  });
});

test('headers of Bedrock have the counts that a body has not', async () => {
  const headers = {
    'x-amzn-bedrock-input-token-count': '7',
    'x-amzn-bedrock-output-token-count': '2',
    'x-amzn-bedrock-cache-read-input-token-count': '80',
  };
  const response = await observe(async () => Response.json({ outputs: [] }, { headers }));
  await response.json();
  expectTokens([87, 2, 80]);
});

describe('a response of', () => {
  test.each<[string, object, readonly number[]]>([
    ['Cohere before version 2', { text: 'a', meta: cohere }, [70, 9, 64]],
    ['Cohere, embeddings', { embeddings: {}, meta: { billedUnits: { inputTokens: 8 } } }, [8, 0]],
    [
      'Google, embeddings',
      {
        embeddings: [
          { values: [1], statistics: { tokenCount: 6 } },
          { values: [1], statistics: { tokenCount: 7 } },
        ],
      },
      [13, 0],
    ],
    ['axios, the body in data', { status: 200, data: { choices: [], usage: tokens } }, [7, 2]],
    ['got, the body in body', { statusCode: 200, body: { usage: tokens } }, [7, 2]],
    [
      'Bedrock in bytes, Claude',
      { body: bytes({ content: [], usage: { input_tokens: 7, output_tokens: 2 } }) },
      [7, 2],
    ],
    [
      'Bedrock in bytes, Llama',
      { body: bytes({ generation: 'a', prompt_token_count: 7, generation_token_count: 2 }) },
      [7, 2],
    ],
    [
      'Bedrock in bytes, Titan',
      { body: bytes({ inputTextTokenCount: 7, results: [{ tokenCount: 1 }, { tokenCount: 1 }] }) },
      [7, 2],
    ],
    [
      'Bedrock in bytes, embeddings of Titan',
      { body: bytes({ embedding: [1], inputTextTokenCount: 7 }) },
      [7, 0],
    ],
    [
      'Bedrock in bytes, cached tokens of Nova',
      {
        body: bytes({
          output: {},
          usage: {
            inputTokens: 7,
            outputTokens: 2,
            totalTokens: 89,
            cacheReadInputTokenCount: 80,
            cacheWriteInputTokenCount: 0,
          },
        }),
      },
      [87, 2, 80],
    ],
    ['Replicate', { metrics: { input_token_count: 7, output_token_count: 2 } }, [7, 2]],
    ['watsonx', { results: [{ input_token_count: 7, generated_token_count: 2 }] }, [7, 2]],
    ['llama.cpp', { content: 'a', tokens_evaluated: 7, tokens_predicted: 2 }, [7, 2]],
    [
      'Vertex, embeddings',
      { predictions: [{ embeddings: { values: [1], statistics: { token_count: 7 } } }] },
      [7, 0],
    ],
    ['Cloudflare', { success: true, errors: [], result: { usage: tokens } }, [7, 2]],
  ])('%s', async (_, response, expected) => {
    await observe(async () => response);
    expectTokens(expected);
  });
});
