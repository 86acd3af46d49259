import { getEventListeners } from 'node:events';
import { InMemoryCache } from '@langchain/core/caches';
import { Document } from '@langchain/core/documents';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { watchOwnTimers } from '@map-tooling/testing';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { mapCallbacks } from '../../src/langchain/langchain.ts';
import { meterCost } from '../../src/llm/llm.ts';
import { LlmHarness, PRICES } from './llm-harness.ts';
import { completion, HANGS, textStream, toolCompletion } from './llm-replay.ts';
import { SpanRecorder, settingsOf } from './span-recorder.ts';

const llm = new LlmHarness();
const { value, requests, langchain, observe } = llm;
const recorder = new SpanRecorder();
const { tree, span } = recorder;
const record = () => ({ callbacks: [mapCallbacks({ manager: llm.manager, prices: PRICES })] });
const ask = RunnableLambda.from((input: string, config) =>
  langchain().invoke(input, config),
).withConfig({ runName: 'clerk' });

test('the model names itself, and its cost is of the chain and of the work around', async () => {
  llm.replay.replies = [completion({ content: 'noon' })];
  const usd = await meterCost(async (meter) => {
    await ask.invoke('x', record());
    return meter.usd;
  });
  expect(usd).toBeCloseTo(0.0015, 10);
  expect(value('llm_cost_usd_total', { provider: 'openai', model: 'm' })).toBeCloseTo(0.0015, 10);
  expect(span('invoke_workflow clerk')?.attributes).toEqual({
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'clerk',
    'map.cost_usd': expect.closeTo(0.0015, 10),
  });
  expect(span('chat m')?.attributes).toMatchObject({
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'm',
    'gen_ai.response.finish_reasons': ['stop'],
  });
});

test('a request has its settings and its server, and nothing else of what LangChain passes', async () => {
  llm.replay.replies = [completion({ content: 'noon' })];
  const model = langchain({ temperature: 0, topP: 0.9, maxTokens: 64, n: 2, presencePenalty: -1 });
  await model.invoke('secret', { ...record(), stop: ['END'], seed: 7 } as never);
  const attributes = span('chat m')?.attributes ?? {};
  expect(settingsOf(attributes)).toEqual({
    'gen_ai.request.model': 'm',
    'gen_ai.request.temperature': 0,
    'gen_ai.request.top_p': 0.9,
    'gen_ai.request.max_tokens': 64,
    'gen_ai.request.choice.count': 2,
    'gen_ai.request.presence_penalty': -1,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.request.seed': 7,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(llm.replay.url).port),
  });
  expect(Object.values(conventions)).toEqual(
    expect.arrayContaining(Object.keys(settingsOf(attributes))),
  );
  expect(JSON.stringify(attributes)).not.toContain('secret');
});

test('tools and retrievers are spans; a failure is that of each unit around it', async () => {
  class Shelf extends BaseRetriever {
    override lc_namespace = ['test'];
    override async _getRelevantDocuments(query: string): Promise<Document[]> {
      if (query === 'none') throw new RangeError('empty shelf');
      return [new Document({ pageContent: query })];
    }
  }
  const look = tool(async ({ query }, config) => (await new Shelf().invoke(query, config)).length, {
    name: 'look',
    schema: z.object({ query: z.string() }),
  });
  const call = (query: string) =>
    look.invoke({ type: 'tool_call', id: 't7', name: 'look', args: { query } }, record());
  await call('tea');
  expect(tree()).toEqual(['execute_tool look', '  retrieval Shelf']);
  expect(span('execute_tool look')?.attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': 't7',
  });
  recorder.reset();
  await expect(call('none')).rejects.toThrow('empty shelf');
  expect(tree()).toEqual(['execute_tool look (RangeError)', '  retrieval Shelf (RangeError)']);
  recorder.reset();
  llm.replay.replies = [{ status: 429, body: { error: { message: 'slow down' } } }];
  await expect(ask.invoke('x', record())).rejects.toThrow('slow down');
  expect(tree()).toEqual(['invoke_workflow clerk (http_429)', '  chat m (http_429)']);
  expect(requests()).toEqual(['chat error 1']);
});

test('an abort is cancelled, a deadline is an error', async () => {
  llm.replay.replies = [HANGS];
  const controller = new AbortController();
  const { received } = llm.replay;
  const aborted = langchain().invoke('x', { ...record(), signal: controller.signal });
  await expect.poll(() => llm.replay.received).toBe(received + 1);
  expect(value('llm_requests_in_flight')).toBe(1);
  controller.abort();
  await expect(aborted).rejects.toThrow();
  await expect(langchain().invoke('x', { ...record(), timeout: 1_000 })).rejects.toThrow();
  await expect.poll(() => requests().sort()).toEqual(['chat cancelled 1', 'chat error 1']);
  expect(llm.errorTypes()).toEqual(['timeout']);
  expect(value('llm_requests_in_flight')).toBe(0);
});

test('the units around a request have the reason of their end: a deadline or a cancellation', async () => {
  const clock = tool(async () => 'noon', { name: 'clock', schema: z.object({}) });
  const graph = createReactAgent({ llm: langchain(), tools: [clock], name: 'clerk' });
  const task = { messages: [{ role: 'user' as const, content: 'x' }] };
  llm.replay.replies = [HANGS];
  await expect(ask.invoke('x', { ...record(), timeout: 1_000 })).rejects.toThrow();
  expect(tree()).toEqual(['invoke_workflow clerk (timeout)', '  chat m (timeout)']);
  recorder.reset();
  await expect(graph.invoke(task, { ...record(), timeout: 1_000 })).rejects.toThrow();
  await expect
    .poll(() => tree())
    .toEqual(['invoke_workflow clerk (timeout)', '  chat m (timeout)']);
  recorder.reset();
  llm.replay.replies = [toolCompletion(), HANGS];
  const updates = await graph.stream(task, { ...record(), streamMode: 'updates' });
  for await (const _ of updates) break;
  await expect.poll(() => tree()[0]).toBe('invoke_workflow clerk (cancelled)');
});

test('a stream that its reader leaves is cancelled: by its signal at any time, otherwise after a pause', async () => {
  const content = textStream('the long answer');
  llm.replay.replies = [content];
  const read = async (signal: AbortSignal, onRead: () => void) => {
    for await (const _ of await langchain().stream('x', { ...record(), signal })) {
      onRead();
      break;
    }
  };
  const first = new AbortController();
  await read(first.signal, () => first.abort(new Error('the user has left')));
  const second = new AbortController();
  await read(second.signal, () => undefined);
  expect(value('llm_requests_in_flight')).toBe(1);
  second.abort('bye');
  expect(requests()).toEqual(['chat cancelled 2']);
  const third = new AbortController();
  await read(third.signal, () => undefined);
  third.abort(new DOMException('late', 'TimeoutError'));
  expect(requests()).toEqual(['chat cancelled 2', 'chat error 1']);
  expect(llm.errorTypes()).toEqual(['timeout']);
  // A signal has no listener of a request that has ended.
  const { signal } = new AbortController();
  llm.replay.replies = [completion({ content: 'noon' })];
  await langchain().invoke('x', { ...record(), signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each([
  ['aborted', 1_000, (controller: AbortController) => controller.abort()],
  ['not read any more', 601_000, () => undefined],
])(
  'a chain whose stream was left and is %s has a span, which ends when it was left',
  async (_, ms, end) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const timers = watchOwnTimers();
    llm.replay.replies = [textStream('the long answer')];
    const controller = new AbortController();
    const { signal } = controller;
    const chain = ChatPromptTemplate.fromTemplate('{text}')
      .pipe(langchain())
      .pipe(new StringOutputParser());
    const config = { ...record(), signal, runName: 'clerk' };
    for await (const _ of await chain.stream({ text: 'x' }, config)) break;
    end(controller);
    await vi.advanceTimersByTimeAsync(ms);
    expect(requests()).toEqual(['chat cancelled 1']);
    const leftAt = Date.now();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(tree()).toEqual(['invoke_workflow clerk (cancelled)', '  chat m (cancelled)']);
    const [seconds] = span('invoke_workflow clerk')?.endTime ?? [];
    expect(Math.abs((seconds ?? 0) - leftAt / 1e3)).toBeLessThan(2);
    expect(timers.count).toBe(0);
  },
);

test('a chain that makes an aborted request again is not taken as left', async () => {
  llm.replay.replies = [HANGS, completion({ content: 'noon' })];
  const { received } = llm.replay;
  const patient = RunnableLambda.from(async (input: string, config) => {
    const controller = new AbortController();
    const late = langchain().invoke(input, { ...config, signal: controller.signal });
    await expect.poll(() => llm.replay.received).toBe(received + 1);
    controller.abort(new DOMException('late', 'TimeoutError'));
    await late.catch(() => undefined);
    return langchain().invoke(input, config);
  }).withConfig({ runName: 'patient' });
  await patient.invoke('x', record());
  expect(tree()).toEqual(['invoke_workflow patient', '  chat m (timeout)', '  chat m']);
  expect(requests().sort()).toEqual(['chat error 1', 'chat success 1']);
});

test('a stream of which nothing more is read for ten minutes is cancelled', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const [callbacks] = record().callbacks;
  for (const id of ['left', 'slow']) {
    callbacks?.handleChatModelStart({}, [], id);
    callbacks?.handleLLMNewToken('a', undefined, id);
  }
  callbacks?.handleChatModelStart({}, [], 'whole');
  vi.advanceTimersByTime(599_000);
  callbacks?.handleLLMNewToken('b', undefined, 'slow');
  expect(requests()).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(requests()).toEqual(['chat cancelled 1']);
  expect(value('llm_requests_in_flight')).toBe(2);
  callbacks?.handleLLMEnd({}, 'slow');
  expect(requests()).toEqual(['chat cancelled 1', 'chat success 1']);
  vi.advanceTimersByTime(1_200_000);
  expect(value('llm_requests_in_flight')).toBe(1);
});

test('a request counts once: inside of observeLlm, with callbacks given twice, out of a cache', async () => {
  llm.replay.replies = [completion({ content: 'noon' })];
  await observe(() => ask.invoke('x', record()));
  expect(requests()).toEqual(['chat success 1']);
  expect(tree()).toEqual(['chat m', '  invoke_workflow clerk']);
  const twice = record();
  await langchain(twice).invoke('x', twice);
  expect(requests()).toEqual(['chat success 1', 'chat success 1']);
  const model = langchain({ cache: new InMemoryCache(), ...record() });
  await model.invoke('y');
  await model.invoke('y');
  expect(value('llm_requests_total')).toBe(3);
  expect(value('llm_requests_in_flight')).toBe(0);
});

test('streams that are not read to their end are ended past 10,000, the oldest first', () => {
  const [callbacks] = record().callbacks;
  const start = (id: number) => callbacks?.handleChatModelStart({}, [], `run-${id}`);
  for (let id = 0; id < 10_000; id++) start(id);
  expect(requests()).toEqual([]);
  start(10_000);
  expect(requests()).toEqual(['chat cancelled 1']);
});

test('what a future LangChain may send instead is taken', () => {
  const [callbacks] = record().callbacks;
  for (const odd of [undefined, null, 7, { id: 'x', generations: [null] }]) {
    const extra = {
      invocation_params: { n: odd, seed: odd, stop: [odd], temperature: Number.NaN },
    };
    callbacks?.handleChatModelStart(odd, odd, 'a', undefined, odd, undefined, odd);
    callbacks?.handleChatModelStart({ kwargs: { base_url: odd } }, odd, 'c', undefined, extra);
    callbacks?.handleLLMEnd(odd, 'c');
    callbacks?.handleLLMNewToken('', odd, 'a', undefined, [], odd);
    callbacks?.handleLLMEnd(odd, 'a');
    callbacks?.handleToolStart(odd, odd, 'b', 'missing', odd, odd, odd, odd);
    callbacks?.handleToolError(odd, 'b');
    callbacks?.handleChainEnd(odd, 'missing');
  }
  expect(value('llm_requests_without_usage_total')).toBe(8);
  expect(value('llm_requests_in_flight')).toBe(0);
});
