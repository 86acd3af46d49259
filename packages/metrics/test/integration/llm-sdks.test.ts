import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { ChatOpenAI } from '@langchain/openai';
import { Agent as MastraAgent } from '@mastra/core/agent';
import { Agent, OpenAIChatCompletionsModel, Runner } from '@openai/agents';
import {
  generateObject,
  generateText,
  NoObjectGeneratedError,
  stepCountIs,
  streamObject,
  streamText,
  tool,
  wrapLanguageModel,
} from 'ai';
import Groq from 'groq-sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MetricsManager } from '../../src/index.ts';
import { observeLlm } from '../../src/llm/llm.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';

/** The response to the n-th request of a test: an object as JSON, a list as an event stream. */
type Reply = object | readonly object[] | { readonly status: number; readonly body: object };

/** A response that never comes. */
const HANGS = {};

let replies: Reply[];
let url: string;
let manager: MetricsManager;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === HANGS) return;
    if (Array.isArray(reply)) {
      const isNdjson = isOllama(request);
      response.writeHead(200, {
        'content-type': isNdjson ? 'application/x-ndjson' : 'text/event-stream',
      });
      for (const event of reply as object[]) {
        const type = (event as { type?: string }).type;
        const text = JSON.stringify(event);
        response.write(
          isNdjson ? `${text}\n` : `${type ? `event: ${type}\n` : ''}data: ${text}\n\n`,
        );
      }
      const isOpenAi = !isNdjson && !request.url?.includes('GenerateContent');
      response.end(isOpenAi ? 'data: [DONE]\n\n' : '');
      return;
    }
    const { status = 200, body = reply } = reply as { status?: number; body?: object };
    response.writeHead(typeof status === 'number' ? status : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(typeof status === 'number' ? body : reply));
  });
});

function isOllama({ url: path = '' }: IncomingMessage): boolean {
  return path.startsWith('/api/');
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});

const call = () => ({ provider: 'p', model: 'm', manager });
const value = (name: string, labels: Record<string, string> = {}) =>
  metricValue(name, labels, manager);
const messages = [{ role: 'user' as const, content: 'count' }];

/** One call with these tokens, and nothing left in flight. */
function expectTokens(prompt: number, completion: number, status = 'success'): void {
  expect({
    requests: value('llm_requests_total'),
    status: value('llm_requests_total', { status }),
    inFlight: value('llm_requests_in_flight'),
    prompt: value('llm_tokens_total', { type: 'prompt' }),
    completion: value('llm_tokens_total', { type: 'completion' }),
    unread: value('llm_requests_without_usage_total'),
  }).toEqual({ requests: 1, status: 1, inFlight: 0, prompt, completion, unread: 0 });
}

const errorTypes = () =>
  snapshotMetrics(manager)
    .filter(({ name }) => name === 'llm_errors_total')
    .map(({ labels }) => labels['error_type']);

const usage = (prompt_tokens: number, completion_tokens: number) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
});
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});
const toolCall = {
  index: 0,
  id: 't1',
  type: 'function',
  function: { name: 'clock', arguments: '{}' },
};
const textStream = (text: string, tokens = usage(100, 5)) => [
  chunk({ role: 'assistant', content: '' }),
  ...[...text].map((content) => chunk({ content })),
  chunk({}, 'stop'),
  { ...chunk({}), choices: [], usage: tokens },
];
const toolStream = (tokens = usage(1_000, 50)) => [
  chunk({ role: 'assistant', tool_calls: [toolCall] }),
  chunk({}, 'tool_calls'),
  { ...chunk({}), choices: [], usage: tokens },
];
const completion = (message: object, tokens = usage(100, 5)) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } }],
  usage: tokens,
});
const toolCompletion = () =>
  completion({ content: null, tool_calls: [{ ...toolCall, index: undefined }] });

const model = () => createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('m');
const openai = () => new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
const clock = tool({ inputSchema: z.object({}), execute: async () => 'noon' });

describe('ai', () => {
  test.each(['fullStream', 'textStream'] as const)(
    'the tokens of finished steps count when a later one fails, read through %s',
    async (name) => {
      replies = [
        toolStream(),
        toolStream(),
        { status: 500, body: { error: { message: 'no', type: 'server_error' } } },
      ];
      const result = observeLlm(call(), () =>
        streamText({
          model: model(),
          messages,
          tools: { clock },
          stopWhen: stepCountIs(3),
          maxRetries: 0,
          onError: () => undefined,
        }),
      );
      for await (const _ of result[name]);
      await expect.poll(() => value('llm_requests_total')).toBe(1);
      expectTokens(2_000, 100, 'error');
      expect(errorTypes()).toEqual(['http_500']);
    },
  );

  test('a time limit of the SDK is an error', async () => {
    replies = [HANGS];
    const options = { model: model(), messages, timeout: 100, maxRetries: 0 };
    const result = observeLlm(call(), () => streamText({ ...options, onError: () => undefined }));
    for await (const _ of result.fullStream);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    await observeLlm(call(), () => generateText(options)).catch(() => undefined);
    expect(value('llm_requests_total', { status: 'error' })).toBe(2);
    expect(errorTypes()).toEqual(['timeout']);
    const abortSignal = AbortSignal.abort();
    await observeLlm(call(), () => generateText({ ...options, abortSignal })).catch(
      () => undefined,
    );
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
  });

  test.each([401, 429, 500])('status %i is told apart', async (status) => {
    replies = [{ status, body: { error: { message: 'no', type: 'x' } } }];
    const failing = observeLlm(call(), () =>
      generateObject({ model: model(), prompt: 'p', schema: z.object({}), maxRetries: 0 }),
    );
    await expect(failing).rejects.toThrow();
    expect(errorTypes()).toEqual([`http_${status}`]);
  });

  test('an object that was not generated has used tokens', async () => {
    replies = [completion({ content: 'no JSON' }, usage(70, 7))];
    const failing = observeLlm(call(), () =>
      generateObject({ model: model(), prompt: 'p', schema: z.object({ a: z.string() }) }),
    );
    await expect(failing).rejects.toSatisfy((error) => NoObjectGeneratedError.isInstance(error));
    expectTokens(70, 7, 'error');
  });

  test('streamObject, read through fullStream', async () => {
    replies = [textStream('{"a":"b"}')];
    const result = observeLlm(call(), () =>
      streamObject({ model: model(), prompt: 'p', schema: z.object({ a: z.string() }) }),
    );
    for await (const _ of result.fullStream);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expectTokens(100, 5);
  });

  test('inside of middleware, whole and streamed', async () => {
    const observed = wrapLanguageModel({
      model: model(),
      middleware: {
        specificationVersion: 'v4',
        wrapStream: ({ doStream }) => observeLlm(call(), () => doStream()),
        wrapGenerate: ({ doGenerate }) => observeLlm(call(), () => doGenerate()),
      },
    });
    replies = [textStream('abc')];
    expect(await streamText({ model: observed, messages }).text).toBe('abc');
    expectTokens(100, 5);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
    replies = [completion({ content: '{}' }, usage(10, 1))];
    await generateObject({ model: observed, prompt: 'p', schema: z.object({}) });
    expect(value('llm_tokens_total', { type: 'prompt' })).toBe(110);
  });

  test('time between the steps of a run is not time per token', async () => {
    replies = [toolStream(usage(10, 3)), textStream('abcde', usage(10, 6))];
    const slow = tool({
      inputSchema: z.object({}),
      execute: () => new Promise((resolve) => setTimeout(resolve, 300, 'noon')),
    });
    const result = observeLlm(call(), () =>
      streamText({ model: model(), messages, tools: { clock: slow }, stopWhen: stepCountIs(2) }),
    );
    for await (const _ of result.fullStream);
    const pace = snapshotMetrics(manager).find(({ name }) => name.includes('per_output_token'));
    // 300 ms between the steps would be 40 ms for each of seven tokens.
    expect(pace?.sum).toBeLessThan(0.04);
  });
});

describe('openai', () => {
  test('runTools counts each request', async () => {
    replies = [toolCompletion(), completion({ content: 'noon' }, usage(200, 9))];
    const runner = observeLlm(call(), () =>
      openai().chat.completions.runTools({
        model: 'm',
        messages,
        tools: [
          {
            type: 'function',
            function: {
              name: 'clock',
              description: 'c',
              parameters: {},
              function: () => 'noon',
            },
          },
        ],
      }),
    );
    expect(await runner.finalContent()).toBe('noon');
    await runner.done();
    expectTokens(300, 14);
  });

  test('an error body with status 200 is an error', async () => {
    replies = [{ error: { message: 'overloaded', code: 502 } }];
    await observeLlm(call(), () => openai().chat.completions.create({ model: 'm', messages }));
    expect(value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(errorTypes()).toEqual(['http_502']);
  });

  test('a response with status failed is an error, and its tokens count', async () => {
    replies = [
      {
        id: 'r',
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'no' },
        output: [],
        usage: { input_tokens: 7, output_tokens: 1, total_tokens: 8 },
      },
    ];
    await observeLlm(call(), () => openai().responses.create({ model: 'm', input: 'i' }));
    expectTokens(7, 1, 'error');
    expect(errorTypes()).toEqual(['server_error']);
  });

  test('a deadline is an error, an abort by the caller is not', async () => {
    replies = [completion({ content: 'x' })];
    const abort = async (signal: AbortSignal) => {
      const create = () => openai().chat.completions.create({ model: 'm', messages }, { signal });
      await observeLlm({ ...call(), signal }, create).catch(() => undefined);
    };
    await abort(AbortSignal.abort());
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    const deadline = new DOMException('The operation timed out.', 'TimeoutError');
    await abort(AbortSignal.abort(deadline));
    await abort(AbortSignal.abort(Object.assign(new Error('late'), { code: 'TASK_TIMEOUT_7004' })));
    expect(value('llm_requests_total', { status: 'error' })).toBe(2);
    expect(errorTypes().sort()).toEqual(['TASK_TIMEOUT_7004', 'timeout']);
  });

  test('the application can name errors', async () => {
    manager.configure({ errorType: () => 'LLM_RATE_LIMITED_5001' });
    replies = [{ status: 429, body: { error: { message: 'slow down' } } }];
    const create = () => openai().chat.completions.create({ model: 'm', messages });
    await observeLlm(call(), create).catch(() => undefined);
    expect(errorTypes()).toEqual(['LLM_RATE_LIMITED_5001']);
  });

  test('reasoning that is not streamed does not make tokens faster', async () => {
    const tokens = {
      ...usage(10, 1_005),
      completion_tokens_details: { reasoning_tokens: 1_000 },
    };
    const chunks = textStream('abcde', tokens);
    async function* slowly() {
      for (const one of chunks) {
        yield one;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    for await (const _ of observeLlm(call(), slowly));
    const pace = snapshotMetrics(manager).find(({ name }) => name.includes('per_output_token'));
    expect(pace?.sum).toBeGreaterThan(0.005);
  });

  test('a response that cannot be read is counted, and `usage` can read it', async () => {
    const response = { text: 'x', meter: { in: 4, out: 2 } };
    await observeLlm(call(), async () => response);
    expect(value('llm_requests_without_usage_total', { provider: 'p', model: 'm' })).toBe(1);
    const read = (given: unknown) => {
      const { meter } = given as typeof response;
      return { prompt: meter.in, completion: meter.out };
    };
    await observeLlm({ ...call(), usage: read }, async () => response);
    expect(value('llm_tokens_total', { type: 'prompt' })).toBe(4);
    expect(value('llm_requests_without_usage_total')).toBe(1);
  });
});

describe('other SDKs', () => {
  test('the tool runner of anthropic, awaited and iterated', async () => {
    const message = (content: object[], stop_reason: string) => ({
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content,
      stop_reason,
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 5 },
    });
    const run = () =>
      new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 }).beta.messages.toolRunner({
        model: 'm',
        max_tokens: 9,
        messages,
        tools: [
          {
            name: 'clock',
            description: 'c',
            input_schema: { type: 'object' },
            run: () => 'noon',
            parse: (input: unknown) => input,
          },
        ],
      });
    const both = () => [
      message([{ type: 'tool_use', id: 't', name: 'clock', input: {} }], 'tool_use'),
      message([{ type: 'text', text: 'noon' }], 'end_turn'),
    ];
    replies = both();
    for await (const _ of observeLlm(call(), run));
    expectTokens(200, 10);
    manager.reset();
    replies = both();
    await observeLlm(call(), run);
    expectTokens(200, 10);
  });

  test('groq, streamed', async () => {
    const last = { ...chunk({}, 'stop'), x_groq: { id: 'q', usage: usage(30, 4) } };
    replies = [[chunk({ content: 'a' }), last]];
    const groq = new Groq({ apiKey: 'k', baseURL: url, maxRetries: 0 });
    const stream = await observeLlm(call(), () =>
      groq.chat.completions.create({ model: 'm', messages, stream: true }),
    );
    for await (const _ of stream);
    expectTokens(30, 4);
  });

  test('@google/genai, whole and streamed', async () => {
    const response = {
      candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] } }],
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: 2,
        thoughtsTokenCount: 3,
        totalTokenCount: 15,
      },
    };
    const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url } });
    const request = { model: 'm', contents: 'count' };
    replies = [response];
    await observeLlm(call(), () => google.models.generateContent(request));
    expectTokens(10, 5);
    manager.reset();
    replies = [[response, response]];
    const stream = await observeLlm(call(), () => google.models.generateContentStream(request));
    for await (const _ of stream);
    expectTokens(10, 5);
  });

  test('ollama, whole and streamed', async () => {
    const part = (content: string) => ({ model: 'm', message: { role: 'assistant', content } });
    const last = { ...part(''), done: true, prompt_eval_count: 26, eval_count: 29 };
    const ollama = new Ollama({ host: url });
    replies = [last];
    await observeLlm(call(), () => ollama.chat({ model: 'm', messages }));
    expectTokens(26, 29);
    manager.reset();
    replies = [[{ ...part('a'), done: false }, { ...part('b'), done: false }, last]];
    const stream = await observeLlm(call(), () =>
      ollama.chat({ model: 'm', messages, stream: true }),
    );
    for await (const _ of stream);
    expectTokens(26, 29);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
  });

  test('langchain, whole and streamed, as its own stream', async () => {
    const chat = new ChatOpenAI({
      model: 'm',
      apiKey: 'k',
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1` },
    });
    replies = [completion({ content: 'a' })];
    await observeLlm(call(), () => chat.invoke('count'));
    expectTokens(100, 5);
    manager.reset();
    replies = [textStream('abc')];
    const bare = await chat.stream('count');
    const stream = await observeLlm(call(), () => chat.stream('count'));
    expect(stream.constructor).toBe(bare.constructor);
    let text = '';
    for await (const one of stream) text += one.text;
    expect(text).toBe('abc');
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expectTokens(100, 5);
  });

  test('the agents of openai, whole, streamed, and as text', async () => {
    const chat = new OpenAIChatCompletionsModel(openai() as never, 'm');
    const agent = new Agent({ name: 'a', instructions: 'i', model: chat });
    const runner = new Runner({ tracingDisabled: true });
    replies = [completion({ content: 'abc' })];
    await observeLlm(call(), () => runner.run(agent, 'count'));
    expectTokens(100, 5);
    for (const read of ['iterate', 'text'] as const) {
      manager.reset();
      replies = [textStream('abc')];
      const result = await observeLlm(call(), () => runner.run(agent, 'count', { stream: true }));
      if (read === 'iterate') for await (const _ of result);
      else for await (const _ of result.toTextStream());
      await expect.poll(() => value('llm_requests_total')).toBe(1);
      expectTokens(100, 5);
    }
  });

  test('mastra: its stream, its text, its full stream', async () => {
    const agent = new MastraAgent({
      id: 'a',
      name: 'a',
      instructions: 'i',
      model: model() as never,
    });
    for (const read of ['fullStream', 'textStream', 'text'] as const) {
      manager.reset();
      replies = [textStream('abc')];
      const result = await observeLlm(call(), () => agent.stream('count'));
      if (read === 'text') expect(await result.text).toBe('abc');
      else for await (const _ of result[read]);
      await expect.poll(() => value('llm_requests_total')).toBe(1);
      expectTokens(100, 5);
    }
  });
});
