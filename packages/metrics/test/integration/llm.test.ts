import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { MetricsManager, timedMetric } from '../../src/index.ts';
import { observeLlm } from '../../src/llm/llm.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';
import { type LlmEndpoint, startLlmEndpoint } from './llm-endpoint.ts';

const TEXT = 'one two three four five';
const messages = [{ role: 'user' as const, content: 'count' }];

let endpoint: LlmEndpoint;
let manager: MetricsManager;

beforeAll(async () => {
  endpoint = await startLlmEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});

const openai = () => new OpenAI({ apiKey: 'k', baseURL: `${endpoint.url}/v1`, maxRetries: 0 });
const anthropic = () => new Anthropic({ apiKey: 'k', baseURL: endpoint.url, maxRetries: 0 });
const call = (model = 'm') => ({
  provider: 'p',
  model,
  manager,
  prices: { m: { prompt: 1000, completion: 10_000, cacheRead: 100 } },
});

function value(name: string, labels: Record<string, string> = {}): number {
  return metricValue(name, labels, manager);
}

/** The expected records of each provider's response. */
function expectRecorded(streamed: boolean, status = 'success'): void {
  expect(value('llm_requests_total', { status, operation: 'chat' })).toBe(1);
  expect(value('llm_request_duration_seconds', { status })).toBe(1);
  expect(value('llm_requests_in_flight')).toBe(0);
  expect(value('llm_tokens_total', { type: 'prompt' })).toBe(100);
  expect(value('llm_tokens_total', { type: 'completion' })).toBe(5);
  expect(value('llm_token_details_total', { detail: 'cache_read' })).toBe(40);
  expect(value('llm_request_tokens', { type: 'prompt' })).toBe(1);
  expect(value('llm_time_to_first_token_seconds')).toBe(streamed ? 1 : 0);
  expect(value('llm_time_per_output_token_seconds')).toBe(streamed ? 1 : 0);
  expect(value('llm_cost_usd_total')).toBeGreaterThan(0);
}

const streamedChat = () =>
  observeLlm(call(), () =>
    openai().chat.completions.create({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }),
  );

describe('openai', () => {
  test('a chat completion', async () => {
    const answer = await observeLlm(call(), () =>
      openai().chat.completions.create({ model: 'm', messages }),
    );
    expect(answer.choices[0]?.message.content).toBe(TEXT);
    expectRecorded(false);
    expect(value('llm_token_details_total', { detail: 'reasoning' })).toBe(2);
    // 60 fresh at 1000, 40 cached at 100, 5 completion at 10,000 dollars a million.
    expect(value('llm_cost_usd_total')).toBeCloseTo(0.06 + 0.004 + 0.05, 10);
  });

  test('a streamed chat completion, the very stream of the SDK', async () => {
    const stream = await streamedChat();
    expect(stream.controller).toBeInstanceOf(AbortController);
    expect(value('llm_requests_in_flight')).toBe(1);
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(TEXT);
    expectRecorded(true);
  });

  test('a stream that is split in two is one call', async () => {
    const stream = await streamedChat();
    const texts = await Promise.all(
      stream.tee().map(async (branch) => {
        let text = '';
        for await (const chunk of branch) text += chunk.choices[0]?.delta.content ?? '';
        return text;
      }),
    );
    expect(texts).toEqual([TEXT, TEXT]);
    expectRecorded(true);
  });

  test('of a stream that is split in two, leaving one half early cancels nothing', async () => {
    const stream = await streamedChat();
    const [left, right] = stream.tee();
    for await (const _ of left) break;
    expect(value('llm_requests_in_flight')).toBe(1);
    for await (const _ of right);
    expectRecorded(true);
  });

  test('a stream that is aborted while it is read counts as cancelled', async () => {
    const signals = new AbortController();
    const streams = [
      await observeLlm(call('slow'), () =>
        openai().chat.completions.create(
          { model: 'slow', messages, stream: true },
          { signal: signals.signal },
        ),
      ),
      await observeLlm(call('slow'), () =>
        anthropic().messages.create({ model: 'slow', max_tokens: 9, messages, stream: true }),
      ),
    ];
    for (const [i, stream] of streams.entries()) {
      for await (const _ of stream) {
        if (i === 0) signals.abort();
        else stream.controller.abort();
      }
    }
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(2);
    expect(value('llm_requests_total')).toBe(2);
    expect(value('llm_errors_total')).toBe(0);
  });

  test('the extra methods of the SDK promise stay', async () => {
    const { data, response } = await observeLlm(call(), () =>
      openai().chat.completions.create({ model: 'm', messages }).withResponse(),
    );
    expect(response.status).toBe(200);
    expect(data.usage?.total_tokens).toBe(105);
    expectRecorded(false);
  });

  test('its catch and finally are heard as its then is', async () => {
    const answer = await observeLlm(call(), () =>
      openai().chat.completions.create({ model: 'm', messages }),
    ).finally(() => undefined);
    expect(answer.choices[0]?.message.content).toBe(TEXT);
    expectRecorded(false);

    const failing = () => openai().chat.completions.create({ model: 'broken', messages });
    const error = await observeLlm(call('broken'), failing).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(value('llm_errors_total', { error_type: 'http_400' })).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);

    const labels = { provider: 'timed' };
    const timed = timedMetric(manager.metric('llm', 'duration'), labels)(failing);
    expect(await timed().catch((e: unknown) => e)).toBeInstanceOf(OpenAI.BadRequestError);
    expect(value('llm_request_duration_seconds', { ...labels, status: 'error' })).toBe(1);
  });

  test('a response', async () => {
    const answer = await observeLlm(call(), () =>
      openai().responses.create({ model: 'm', input: 'count' }),
    );
    expect(answer.output_text).toBe(TEXT);
    expectRecorded(false);
  });

  test('a streamed response', async () => {
    const stream = await observeLlm(call(), () =>
      openai().responses.create({ model: 'm', input: 'count', stream: true }),
    );
    let text = '';
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe(TEXT);
    expectRecorded(true);
  });

  test('the stream helper', async () => {
    const stream = observeLlm(call(), () =>
      openai().chat.completions.stream({
        model: 'm',
        messages,
        stream_options: { include_usage: true },
      }),
    );
    expect(await stream.finalContent()).toBe(TEXT);
    expectRecorded(true);
  });

  test('leaving a stream early ends the request and counts as cancelled', async () => {
    const before = endpoint.aborted;
    const stream = await observeLlm(call('slow'), () =>
      openai().chat.completions.create({ model: 'slow', messages, stream: true }),
    );
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await expect.poll(() => endpoint.aborted).toBe(before + 1);
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);
    expect(value('llm_errors_total')).toBe(0);
  });

  test('a failure passes through and is counted by its kind', async () => {
    const failing = observeLlm(call('broken'), () =>
      openai().chat.completions.create({ model: 'broken', messages }),
    );
    await expect(failing).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    expect(value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(
      snapshotMetrics(manager).find(({ name }) => name === 'llm_errors_total')?.labels,
    ).toEqual({ provider: 'p', model: 'broken', error_type: 'http_400' });
    expect(value('llm_requests_in_flight')).toBe(0);
  });
});

describe('anthropic', () => {
  const body = { model: 'm', max_tokens: 10, messages };

  test('a message', async () => {
    const answer = await observeLlm(call(), () => anthropic().messages.create(body));
    expect(answer.content[0]).toMatchObject({ text: TEXT });
    expectRecorded(false);
    expect(value('llm_token_details_total', { detail: 'cache_write' })).toBe(10);
  });

  test('a streamed message', async () => {
    const stream = await observeLlm(call(), () =>
      anthropic().messages.create({ ...body, stream: true }),
    );
    let text = '';
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        text += event.delta.text;
      }
    }
    expect(text).toBe(TEXT);
    expectRecorded(true);
  });

  test('the stream helper, without reading its events', async () => {
    const stream = observeLlm(call(), () => anthropic().messages.stream(body));
    expect(await stream.finalText()).toBe(TEXT);
    expectRecorded(true);
  });
});

describe('failing streams', () => {
  test('a stream helper that fails counts as failed, and its error arrives', async () => {
    const stream = observeLlm(call('broken'), () =>
      anthropic().messages.stream({ model: 'broken', max_tokens: 10, messages }),
    );
    await expect(stream.finalText()).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect.poll(() => value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(value('llm_errors_total', { error_type: 'http_400' })).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);

    const chat = observeLlm(call('broken'), () =>
      openai().chat.completions.stream({ model: 'broken', messages }),
    );
    await expect(chat.finalContent()).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect.poll(() => value('llm_errors_total', { error_type: 'http_400' })).toBe(2);
  });

  test('a stream helper that fails without a listener is an unhandled rejection as before', async () => {
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => unhandled.push(error));
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    });
    observeLlm(call('broken'), () =>
      anthropic().messages.stream({ model: 'broken', max_tokens: 10, messages }),
    );
    await expect.poll(() => unhandled).toHaveLength(1);
    expect(unhandled[0]).toBeInstanceOf(Anthropic.BadRequestError);
    expect(value('llm_errors_total', { error_type: 'http_400' })).toBe(1);
  });

  test('streamText that fails counts as failed', async () => {
    const model = createOpenAI({ apiKey: 'k', baseURL: `${endpoint.url}/v1` })('broken');
    const result = observeLlm(call('broken'), () =>
      streamText({ model, prompt: 'x', maxRetries: 0, onError: () => undefined }),
    );
    await result.consumeStream();
    await expect.poll(() => value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(value('llm_errors_total')).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);
  });

  test('a stream helper that is aborted counts as cancelled', async () => {
    const stream = observeLlm(call('slow'), () =>
      anthropic().messages.stream({ model: 'slow', max_tokens: 10, messages }),
    );
    stream.on('text', () => stream.abort());
    await expect(stream.finalText()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await expect.poll(() => value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    expect(value('llm_errors_total')).toBe(0);
  });
});

describe('ai', () => {
  const models = {
    openai: () => createOpenAI({ apiKey: 'k', baseURL: `${endpoint.url}/v1` })('m'),
    'openai chat': () => createOpenAI({ apiKey: 'k', baseURL: `${endpoint.url}/v1` }).chat('m'),
    anthropic: () => createAnthropic({ apiKey: 'k', baseURL: `${endpoint.url}/v1` })('m'),
  };

  for (const [name, model] of Object.entries(models)) {
    test(`generateText with ${name}`, async () => {
      const answer = await observeLlm(call(), () => generateText({ model: model(), prompt: 'x' }));
      expect(answer.text).toBe(TEXT);
      expectRecorded(false);
    });

    test(`streamText with ${name}, its text read`, async () => {
      const result = observeLlm(call(), () => streamText({ model: model(), prompt: 'x' }));
      let text = '';
      for await (const piece of result.textStream) text += piece;
      expect(text).toBe(TEXT);
      await expect.poll(() => value('llm_requests_total')).toBe(1);
      expectRecorded(true);
    });
  }

  test('streamText of which only a promise is awaited', async () => {
    const result = observeLlm(call(), () => streamText({ model: models.anthropic(), prompt: 'x' }));
    expect(await result.text).toBe(TEXT);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expectRecorded(true);
  });

  test('streamText as a web response', async () => {
    const result = observeLlm(call(), () => streamText({ model: models.openai(), prompt: 'x' }));
    expect(await result.toTextStreamResponse().text()).toBe(TEXT);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expectRecorded(true);
  });
});
