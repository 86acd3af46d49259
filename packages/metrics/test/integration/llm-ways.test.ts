import { Mistral } from '@mistralai/mistralai';
import { Runner } from '@openai/agents';
import { Output, streamObject, streamText, wrapLanguageModel } from 'ai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { drain, LlmHarness, messages, multi } from './llm-harness.ts';
import {
  chunk,
  completion,
  HANGS,
  RESET,
  type Reply,
  textStream,
  toolStream,
  usage,
} from './llm-replay.ts';

/* The ways in which an application takes a result that are not the first that comes to mind. */

const llm = new LlmHarness();
const { observe, value, errorTypes, model, openai, anthropic } = llm;

const mistral = () => new Mistral({ apiKey: 'k', serverURL: llm.replay.url });
const stream = (more: object = {}) =>
  streamText({ model: model(), messages, onError: () => undefined, ...multi, ...more });
const object = () =>
  streamObject({
    model: model(),
    prompt: 'x',
    schema: z.object({ a: z.string() }),
    maxRetries: 0,
    onError: () => undefined,
  });
const agent = (signal?: AbortSignal) =>
  new Runner({ tracingDisabled: true }).run(llm.agent(), 'x', {
    stream: true,
    ...(signal && { signal }),
  });
const whole = () => openai().chat.completions.create({ model: 'm', messages });
const chat = () => openai().chat.completions.create({ model: 'm', messages, stream: true });
const request = { model: 'm', max_tokens: 9, messages };

const message = (tokens: object) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'a' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: tokens,
});
const mistralChunk = (content: string, more: object = {}) => ({ ...chunk({ content }), ...more });
const cut = () => [chunk({ content: 'a' }), RESET];
const hanging = () => [chunk({ content: 'a' }), HANGS];

interface Row {
  readonly name: string;
  readonly replies: () => Reply[];
  readonly run: () => unknown;
  /** Prompt, completion, cached tokens. */
  readonly tokens?: readonly number[];
  readonly status?: 'success' | 'error' | 'cancelled';
  readonly error?: string;
}

const row = (
  name: string,
  replies: () => Reply[],
  run: () => unknown,
  more: Omit<Row, 'name' | 'replies' | 'run'> = { tokens: [100, 5] },
): Row => ({ name, replies, run, ...more });

const text = () => [textStream('abc')];
const one = () => [completion({ content: 'a' })];
const steps = () => [toolStream(), textStream('abc')];
const both = { tokens: [1_100, 55] };

const rows: Row[] = [
  row('openai: asResponse() inside', one, async () =>
    (await observe(() => whole().asResponse())).json(),
  ),
  row('openai: asResponse() outside', one, async () => (await observe(whole).asResponse()).json()),
  row('openai: withResponse() outside', one, async () => {
    const { data, response } = await observe(whole).withResponse();
    expect([data.choices.length, response.status]).toEqual([1, 200]);
  }),
  row('openai: events of a response by asResponse()', text, async () => {
    const response = await observe(() => chat().asResponse());
    expect(await response.text()).toContain('[DONE]');
  }),
  row(
    'openai: a response whose body is left',
    () => [hanging()],
    async () => {
      const response = await observe(() => chat().asResponse());
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
    },
    { status: 'cancelled' },
  ),
  row(
    'openai: streams in parallel',
    text,
    async () => {
      const streams = await observe(() => Promise.all([chat(), chat()]));
      await Promise.all(streams.map(drain));
    },
    { tokens: [200, 10] },
  ),
  row(
    'openai: settled in parallel, one failed',
    () => [completion({ content: 'a' }), { status: 503, body: { error: { message: 'x' } } }],
    () => observe(() => Promise.allSettled([whole(), whole()])),
    { tokens: [100, 5], status: 'error', error: 'http_503' },
  ),
  row(
    'openai: lines of a batch',
    () => [[]],
    () =>
      observe(async () =>
        [7, 8].map((tokens) => ({
          custom_id: `${tokens}`,
          response: { status_code: 200, body: { usage: usage(tokens, 1) } },
        })),
      ),
    { tokens: [15, 2] },
  ),
  row(
    'openai: the connection is lost',
    () => [cut()],
    async () => {
      await expect(drain(await observe(chat))).rejects.toThrow();
    },
    { status: 'error', error: 'UND_ERR_SOCKET' },
  ),
  row(
    'openai: the time limit of the client',
    () => [HANGS],
    () => {
      const client = new OpenAI({
        apiKey: 'k',
        baseURL: llm.replay.url,
        maxRetries: 0,
        timeout: 50,
      });
      const create = () => client.chat.completions.create({ model: 'm', messages });
      return expect(observe(create)).rejects.toThrow();
    },
    { status: 'error', error: 'timeout' },
  ),
  row(
    'openai: a deadline of a stream helper',
    () => [hanging()],
    () => {
      const options = { signal: AbortSignal.timeout(100) };
      const helper = observe(() =>
        openai().chat.completions.stream({ model: 'm', messages }, options),
      );
      return expect(helper.done()).rejects.toThrow();
    },
    { status: 'error', error: 'timeout' },
  ),
  row(
    'anthropic: withResponse() outside',
    () => [message({ input_tokens: 100, output_tokens: 5 })],
    () => observe(() => anthropic().messages.create(request)).withResponse(),
  ),
  row(
    'anthropic: results of a batch',
    () => [
      {
        id: 'b',
        type: 'message_batch',
        processing_status: 'ended',
        results_url: `${llm.replay.url}/v1/messages/batches/b/results`,
      },
      [70, 30].map((input_tokens) => ({
        custom_id: `${input_tokens}`,
        result: { type: 'succeeded', message: message({ input_tokens, output_tokens: 5 }) },
      })),
    ],
    async () => {
      const prices = { m: { prompt: 10_000, completion: 0 } };
      await drain(await observe(() => anthropic().messages.batches.results('b'), { prices }));
      // The batch rate is half.
      expect(value('llm_cost_usd_total')).toBeCloseTo(0.5, 9);
    },
    { tokens: [100, 10] },
  ),
  row(
    'anthropic: a deadline that is passed on',
    () => [HANGS],
    () => {
      const signal = AbortSignal.timeout(100);
      const create = () => anthropic().messages.create(request, { signal });
      return expect(observe(create, { signal })).rejects.toThrow();
    },
    { status: 'error', error: 'timeout' },
  ),
  row(
    'mistral: whole',
    () => [
      completion({ content: 'a' }, usage(30, 4, { prompt_tokens_details: { cached_tokens: 16 } })),
    ],
    () => observe(() => mistral().chat.complete({ model: 'm', messages })),
    { tokens: [30, 4, 16] },
  ),
  row(
    'mistral: streamed',
    () => [[mistralChunk('a'), mistralChunk('b', { usage: usage(30, 4) })]],
    async () => drain(await observe(() => mistral().chat.stream({ model: 'm', messages }))),
    { tokens: [30, 4] },
  ),
  row(
    'mistral: a stream that is left',
    () => [hanging()],
    async () => {
      for await (const _ of await observe(() => mistral().chat.stream({ model: 'm', messages })))
        break;
    },
    { status: 'cancelled' },
  ),
  row(
    'ai: two streams of a run',
    steps,
    () => {
      const result = observe(() => stream());
      return Promise.all([drain(result.fullStream), drain(result.textStream)]);
    },
    both,
  ),
  row(
    'ai: a response for a browser beside consumeStream()',
    steps,
    async () => {
      const result = observe(() => stream());
      void result.consumeStream();
      await result.toUIMessageStreamResponse().text();
    },
    both,
  ),
  row(
    'ai: a stream that is left while the text is awaited',
    steps,
    async () => {
      const result = observe(() => stream());
      const { text: whole } = result;
      for await (const _ of result.fullStream) break;
      expect(await whole).toBe('abc');
    },
    both,
  ),
  row(
    'ai: an output that does not match, awaited',
    () => [textStream('{"a":1}')],
    () => {
      const output = Output.object({ schema: z.object({ a: z.string() }) });
      return expect(observe(() => stream({ output })).output).rejects.toThrow();
    },
    { tokens: [100, 5], status: 'error', error: 'AI_NoObjectGeneratedError' },
  ),
  row(
    'ai: a streamed object whose request fails',
    () => [{ status: 429, body: { error: { message: 'x' } } }],
    () => drain(observe(object).partialObjectStream),
    { status: 'error', error: 'http_429' },
  ),
  row(
    'ai: a streamed object that does not match, by its text',
    () => [textStream('{"a":1}')],
    () => drain(observe(object).textStream),
    { tokens: [100, 5], status: 'error', error: 'AI_NoObjectGeneratedError' },
  ),
  row(
    'ai: a time limit, inside of middleware',
    () => [hanging()],
    () => {
      const observed = wrapLanguageModel({
        model: model(),
        middleware: {
          specificationVersion: 'v4',
          wrapStream: ({ doStream, params: { abortSignal } }) =>
            observe(() => doStream(), abortSignal && { signal: abortSignal }),
        },
      });
      return drain(stream({ model: observed, timeout: 100 }).textStream);
    },
    { status: 'error', error: 'timeout' },
  ),
  row('agents: the text as a stream of Node', text, async () =>
    drain((await observe(() => agent())).toTextStream({ compatibleWithNodeStreams: true })),
  ),
  row(
    'agents: a deadline',
    () => [hanging()],
    async () => {
      const signal = AbortSignal.timeout(1_000);
      await drain(await observe(() => agent(signal), { signal }));
    },
    { status: 'error', error: 'timeout' },
  ),
  row(
    'mastra: the text of a run that is aborted in its second step',
    () => [toolStream(), hanging()],
    async () => {
      const abort = new AbortController();
      const { textStream: parts } = await observe(() =>
        llm.mastra().stream('x', { abortSignal: abort.signal }),
      );
      for await (const _ of parts) abort.abort();
    },
    { tokens: [1_000, 50], status: 'cancelled' },
  ),
  row('langchain: a web stream that is split', text, async () => {
    const parts = await observe(() => llm.langchain().stream('x'));
    await Promise.all(parts.tee().map(drain));
  }),
  row(
    'fetch: a body with an error',
    () => [{ status: 529, body: { error: { type: 'x' } } }],
    () => observe(() => fetch(`${llm.replay.url}/v1/messages`, { method: 'POST', body: '{}' })),
    { status: 'error', error: 'http_529' },
  ),
  row('fetch: a whole response', one, async () =>
    (
      await observe(() =>
        fetch(`${llm.replay.url}/v1/chat/completions`, { method: 'POST', body: '{}' }),
      )
    ).json(),
  ),
];

test.each(rows)('$name', async ({ replies, run, tokens = [0, 0], status = 'success', error }) => {
  llm.replay.replies = replies();
  await run();
  await expect.poll(() => value('llm_requests_total', { status })).toBe(1);
  const [prompt, completionTokens, cacheRead = 0] = tokens;
  expect({
    prompt: value('llm_tokens_total', { type: 'prompt' }),
    completion: value('llm_tokens_total', { type: 'completion' }),
    cacheRead: value('llm_token_details_total', { detail: 'cache_read' }),
    requests: value('llm_requests_total'),
    inFlight: value('llm_requests_in_flight'),
    errors: errorTypes(),
  }).toEqual({
    prompt,
    completion: completionTokens,
    cacheRead,
    requests: 1,
    inFlight: 0,
    errors: error === undefined ? [] : [error],
  });
});

describe('an error in the body of a response with status 200', () => {
  test.each<[string, object, string]>([
    ['vLLM', { object: 'error', message: 'x', type: 'BadRequestError', code: 400 }, 'http_400'],
    ['Mistral', { object: 'error', message: 'x', type: 'service_error' }, 'service_error'],
    ['empty choices', { choices: [], error: { message: 'x', code: 502 } }, 'http_502'],
    ['a status as text', { error: { message: 'x', code: '429', status: 429 } }, 'http_429'],
    ['FastAPI', { detail: 'Not found' }, 'error'],
    ['MiniMax', { choices: null, base_resp: { status_code: 1002 } }, 'status_1002'],
  ])('%s', async (_, body, type) => {
    llm.replay.replies = [body];
    await observe(whole);
    expect(value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(errorTypes()).toEqual([type]);
  });

  test('a response that was cancelled is not an error', async () => {
    llm.replay.replies = [{ id: 'r', object: 'response', status: 'cancelled', output: [] }];
    await observe(() => openai().responses.retrieve('r'));
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
  });
});

describe('a response that was not as requested', () => {
  const schema = z.object({ hour: z.number() });
  test.each([
    [
      'LangChain, as JSON',
      () => llm.langchain().withStructuredOutput(schema, { method: 'jsonMode' }).invoke('x'),
    ],
    [
      'LangChain, by the schema',
      () => llm.langchain().withStructuredOutput(schema, { method: 'jsonSchema' }).invoke('x'),
    ],
  ])('%s: its tokens are unknown, and count as such', async (_, ask) => {
    llm.replay.replies = [completion({ content: '{"hour":"noon"}' })];
    await expect(observe(ask)).rejects.toThrow();
    expect(llm.requests()).toEqual(['chat error 1']);
    expect(value('llm_requests_without_usage_total')).toBe(1);
    llm.replay.replies = [{ status: 500, body: { error: { message: 'broken' } } }];
    await expect(observe(ask)).rejects.toThrow();
    expect(value('llm_requests_without_usage_total')).toBe(1);
  });
});
