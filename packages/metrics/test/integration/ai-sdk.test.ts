import { watchOwnTimers } from '@map-tooling/testing';
import {
  embedMany,
  experimental_streamTextLowMemory,
  generateObject,
  generateText,
  stepCountIs,
  streamObject,
  streamText,
  tool,
  wrapLanguageModel,
} from 'ai';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { mapTelemetry } from '../../src/ai-sdk/ai-sdk.ts';
import { meterCost, observeLlm } from '../../src/llm/llm.ts';
import { clock, drain, LlmHarness } from './llm-harness.ts';
import {
  chunk,
  completion,
  HANGS,
  textStream,
  toolCompletion,
  toolStream,
  usage,
} from './llm-replay.ts';
import { SpanRecorder, settingsOf } from './span-recorder.ts';

const llm = new LlmHarness();
const { value, requests, provider, model } = llm;
const recorder = new SpanRecorder();
const { tree, span } = recorder;

const prices = { m: { prompt: 10, completion: 100 } };
const base = () => ({
  model: model(),
  prompt: 'count',
  maxRetries: 0,
  telemetry: {
    integrations: mapTelemetry({ manager: llm.manager, prices }),
    functionId: 'clerk',
  },
});
const multi = () => ({ ...base(), tools: { clock }, stopWhen: stepCountIs(3) });

const TWO_STEPS = [
  'invoke_agent clerk',
  '  step',
  '    chat m',
  '    execute_tool clock',
  '  step',
  '    chat m',
];

describe('mapTelemetry', () => {
  test.each([
    [
      'generateText',
      [toolCompletion(), completion({ content: 'noon' })],
      () => generateText(multi()),
    ],
    [
      'streamText',
      [toolStream(usage(100, 5)), textStream('noon')],
      () => drain(streamText(multi()).textStream),
    ],
  ])(
    '%s: steps, requests and tools nest, and count what the endpoint reported',
    async (_, replies, run) => {
      llm.replay.replies = [...replies];
      await run();
      expect(tree()).toEqual(TWO_STEPS);
      expect(requests()).toEqual(['chat success 2']);
      const labels = { provider: 'openai', model: 'm' };
      expect(value('llm_tokens_total', { ...labels, type: 'prompt' })).toBe(200);
      expect(value('llm_tokens_total', { ...labels, type: 'completion' })).toBe(10);
      expect(value('llm_cost_usd_total', labels)).toBeCloseTo(0.003, 10);
      expect(value('llm_requests_in_flight', labels)).toBe(0);
      expect(span('invoke_agent clerk')?.attributes).toMatchObject({
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'clerk',
        'map.cost_usd': expect.closeTo(0.003, 10),
      });
      expect(span('chat m')?.attributes).toMatchObject({
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 5,
      });
      expect(span('execute_tool clock')?.attributes).toMatchObject({
        'gen_ai.tool.name': 'clock',
        'gen_ai.tool.call.id': 't1',
      });
    },
  );

  test('a generation inside of a tool is a child of the tool, and its cost is of the work around', async () => {
    llm.replay.replies = [
      toolStream(usage(100, 5)),
      completion({ content: 'inner' }),
      textStream('noon'),
    ];
    const ask = tool({
      inputSchema: z.object({}),
      execute: async () => (await generateText(base())).text,
    });
    const usd = await meterCost(async (meter) => {
      await drain(streamText({ ...multi(), tools: { clock: ask } }).textStream);
      return meter.usd;
    });
    expect(usd).toBeCloseTo(0.0045, 10);
    expect(tree()).toEqual([
      'invoke_agent clerk',
      '  step',
      '    chat m',
      '    execute_tool clock',
      '      invoke_agent clerk',
      '        step',
      '          chat m',
      '  step',
      '    chat m',
    ]);
  });

  test('a tool that fails is an error of its span alone, and the model receives the error as before', async () => {
    llm.replay.replies = [toolCompletion(), completion({ content: 'sorry' })];
    const broken = tool({
      inputSchema: z.object({}),
      execute: async (): Promise<string> => {
        throw new RangeError('no clock');
      },
    });
    const { steps } = await generateText({ ...multi(), tools: { clock: broken } });
    expect(steps[0]?.content).toContainEqual(
      expect.objectContaining({ type: 'tool-error', error: new RangeError('no clock') }),
    );
    expect(tree()).toEqual(
      TWO_STEPS.map((line) => (line.includes('clock') ? `${line} (RangeError)` : line)),
    );
  });

  test('each attempt is a request; the last failure is that of the step and the generation', async () => {
    const refused = { status: 429, body: { error: { message: 'slow down' } } };
    llm.replay.replies = [{ status: 503, body: { error: { message: 'busy' } } }, refused];
    const call = generateText({ ...base(), maxRetries: 1 });
    await expect(call).rejects.toThrow('slow down');
    expect(tree()).toEqual([
      'invoke_agent clerk (http_429)',
      '  step (http_429)',
      '    chat m (http_503)',
      '    chat m (http_429)',
    ]);
    expect(requests()).toEqual(['chat error 2']);
  });

  test('a stream that fails', async () => {
    llm.replay.replies = [[chunk({ content: 'n' }), { error: { message: 'broken', code: 'E1' } }]];
    await drain(streamText({ ...base(), onError: () => undefined }).textStream);
    expect(requests()).toEqual(['chat error 1']);
    expect(tree()).toEqual([
      'invoke_agent clerk (finish_reason_error)',
      '  step (finish_reason_error)',
      '    chat m (E1)',
    ]);
  });

  test.each([
    ['an abort', 'cancelled', 'cancelled 1', () => new DOMException('gone', 'AbortError'), []],
    ['a deadline', 'timeout', 'error 1', () => new DOMException('late', 'TimeoutError'), []],
    [
      'a deadline within the output',
      'timeout',
      'error 1',
      () => new DOMException('late', 'TimeoutError'),
      [chunk({ content: 'n' })],
    ],
  ])('%s of a stream is %s in each span', async (_, type, count, reason, sent) => {
    llm.replay.replies = [[...sent, HANGS]];
    const controller = new AbortController();
    const { stream } = streamText({ ...base(), abortSignal: controller.signal });
    const reader = stream.getReader();
    if (sent.length > 0) while ((await reader.read()).value?.type !== 'text-delta');
    else await expect.poll(() => value('llm_requests_in_flight')).toBe(1);
    controller.abort(reason());
    while (!(await reader.read()).done);
    expect(tree()).toEqual([
      `invoke_agent clerk (${type})`,
      `  step (${type})`,
      `    chat m (${type})`,
    ]);
    expect(requests()).toEqual([`chat ${count}`]);
  });

  test('a stream that its reader leaves is cancelled in each span', async () => {
    llm.replay.replies = [[chunk({ content: 'n' }), HANGS]];
    const reader = experimental_streamTextLowMemory(base()).stream.getReader();
    while ((await reader.read()).value?.type !== 'text-delta');
    await reader.cancel();
    await expect
      .poll(() => tree())
      .toEqual(['invoke_agent clerk (cancelled)', '  step (cancelled)', '    chat m (cancelled)']);
  });

  test('a streamed object whose stream fails', async () => {
    llm.replay.replies = [[chunk({ content: '{' }), { error: { message: 'broken', code: 'E1' } }]];
    const schema = z.object({ hour: z.number() });
    await drain(streamObject({ ...base(), schema, onError: () => undefined }).fullStream);
    expect(requests()).toEqual(['chat error 1']);
  });

  describe('a streamed object that was left', () => {
    const schema = z.object({ hour: z.number() });
    const leave = async (abortSignal?: AbortSignal) => {
      llm.replay.replies = [[chunk({ content: '{' }), HANGS]];
      const call = { ...base(), schema, onError: () => undefined };
      const { partialObjectStream } = streamObject({
        ...call,
        ...(abortSignal && { abortSignal }),
      });
      await partialObjectStream.getReader().read();
      expect(value('llm_requests_in_flight')).toBe(1);
    };
    const left = (type: string) => [`invoke_agent clerk (${type})`, `  chat m (${type})`];

    test.each([
      ['an abort', 'cancelled', 'cancelled 1', 'AbortError'],
      ['a deadline', 'timeout', 'error 1', 'TimeoutError'],
    ])('%s of the work around it ends it', async (_, type, count, name) => {
      const controller = new AbortController();
      llm.manager.configure({ signal: () => controller.signal });
      await leave(controller.signal);
      controller.abort(new DOMException('gone', name));
      expect(requests()).toEqual([`chat ${count}`]);
      expect(value('llm_requests_in_flight')).toBe(0);
      expect(tree()).toEqual(left(type));
    });

    test('it ends with the work around it, if that fails', async () => {
      const work = meterCost(async () => {
        await meterCost(() => leave());
        throw new Error('gone');
      });
      await expect(work).rejects.toThrow('gone');
      expect(requests()).toEqual(['chat cancelled 1']);
      await leave();
      expect(value('llm_requests_in_flight')).toBe(1);
      expect(tree()).toEqual(left('cancelled'));
    });

    test('it ends after half an hour in any case', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const timers = watchOwnTimers();
      await leave();
      expect(timers.count).toBe(1);
      vi.advanceTimersByTime(1_799_000);
      expect(value('llm_requests_in_flight')).toBe(1);
      vi.advanceTimersByTime(2_000);
      expect(requests()).toEqual(['chat cancelled 1']);
      expect(timers.count).toBe(0);
    });
  });

  test('objects and embeddings', async () => {
    llm.replay.replies = [completion({ content: '{"hour":12}' })];
    await generateObject({ ...base(), schema: z.object({ hour: z.number() }) });
    llm.replay.replies = [
      { status: 503, body: { error: { message: 'busy' } } },
      {
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: [1] }],
        model: 'e',
        usage: { prompt_tokens: 7, total_tokens: 7 },
      },
    ];
    const { telemetry } = base();
    const embedding = { model: provider().embedding('e'), values: ['a'], dimensions: 1 };
    await embedMany({ ...embedding, maxRetries: 1, telemetry });
    expect(span('embeddings e')?.attributes).toMatchObject({
      'gen_ai.embeddings.dimension.count': 1,
    });
    expect(tree()).toEqual([
      'invoke_agent clerk',
      '  chat m',
      'embeddings e (retried)',
      'embeddings e',
    ]);
    expect(requests().sort()).toEqual([
      'chat success 1',
      'embeddings error 1',
      'embeddings success 1',
    ]);
    expect(value('llm_tokens_total', { provider: 'openai', model: 'e', type: 'prompt' })).toBe(7);
  });

  test('requests have their settings, whole, streamed, for objects', async () => {
    const settings = { temperature: 0.5, maxOutputTokens: 64, topK: 5, stopSequences: ['END'] };
    const shown = {
      'gen_ai.request.model': 'm',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.top_k': 5,
    };
    const taken = (name: string) => {
      const attributes = settingsOf(span(name)?.attributes ?? {});
      recorder.reset();
      return attributes;
    };
    const stop = { 'gen_ai.request.stop_sequences': ['END'] };
    llm.replay.replies = [completion({ content: 'noon' })];
    await generateText({ ...base(), ...settings });
    expect(taken('chat m')).toEqual({ ...shown, ...stop });
    llm.replay.replies = [textStream('noon')];
    await drain(streamText({ ...base(), ...settings }).textStream);
    expect(taken('chat m')).toEqual({ ...shown, ...stop, 'gen_ai.request.stream': true });
    llm.replay.replies = [completion({ content: '{"hour":12}' })];
    await generateObject({ ...base(), ...settings, schema: z.object({ hour: z.number() }) });
    expect(taken('chat m')).toEqual(shown);
  });

  test('what observeLlm counts, around the call or in middleware, counts once', async () => {
    const observed = { provider: 'openai', model: 'm', manager: llm.manager, prices };
    llm.replay.replies = [toolCompletion(), completion({ content: 'noon' })];
    await observeLlm(observed, () => generateText(multi()));
    expect(requests()).toEqual(['chat success 1']);
    expect(value('llm_tokens_total', { provider: 'openai', model: 'm', type: 'prompt' })).toBe(200);
    expect(tree()).toEqual([
      'chat m',
      '  invoke_agent clerk',
      '    step',
      '      execute_tool clock',
      '    step',
    ]);
    recorder.reset();

    llm.replay.replies = [completion({ content: 'noon' })];
    const wrapped = wrapLanguageModel({
      model: model(),
      middleware: { wrapGenerate: ({ doGenerate }) => observeLlm(observed, doGenerate) },
    });
    await generateText({ ...base(), model: wrapped });
    expect(requests()).toEqual(['chat success 2']);
    expect(tree()).toEqual(['invoke_agent clerk', '  step', '    chat m']);
  });
});
