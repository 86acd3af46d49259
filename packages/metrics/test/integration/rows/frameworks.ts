import { StringOutputParser } from '@langchain/core/output_parsers';
import { RunnableParallel } from '@langchain/core/runnables';
import { Runner } from '@openai/agents';
import { expect } from 'vitest';
import { z } from 'zod';
import { drain, type LlmHarness } from '../llm-harness.ts';
import { completion, HANGS, textStream, toolCompletion, toolStream, usage } from '../llm-replay.ts';
import type { Row } from './row.ts';

const runner = new Runner({ tracingDisabled: true });

const deepseek = usage(100, 5, { prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 });

const pair = ({ langchain }: LlmHarness) =>
  RunnableParallel.from({ a: langchain().pipe(new StringOutputParser()), b: langchain() });

export const frameworksRows = (llm: LlmHarness): Row[] => {
  const { observe, langchain, agent, mastra } = llm;
  return [
    {
      name: 'langchain: a batch',
      replies: [completion({ content: 'a' })],
      run: () => observe(() => langchain().batch(['x', 'y'])),
      tokens: [200, 10],
    },
    {
      name: 'langchain: its events',
      replies: [textStream('abc')],
      run: () => drain(observe(() => langchain().streamEvents('x', { version: 'v2' }))),
      tokens: [100, 5],
    },
    {
      name: 'langchain: events of two models in a chain, in the first version',
      replies: [textStream('abc')],
      run: () => drain(observe(() => pair(llm).streamEvents('x', { version: 'v1' }))),
      tokens: [200, 10],
    },
    {
      name: 'langchain: the log of two models in a chain',
      replies: [textStream('abc')],
      run: () => drain(observe(() => pair(llm).streamLog('x'))),
      tokens: [200, 10],
    },
    {
      name: 'langchain: the log of a model',
      replies: [textStream('abc')],
      run: () => drain(observe(() => langchain().streamLog('x'))),
      tokens: [100, 5],
    },
    {
      name: 'langchain: cached tokens of DeepSeek, streamed',
      replies: [textStream('a', deepseek)],
      run: async () => drain(await observe(() => langchain().stream('x'))),
      tokens: [100, 5, 64],
    },
    {
      name: 'agents: cached tokens of DeepSeek',
      replies: [completion({ content: 'a' }, deepseek)],
      run: () => observe(() => runner.run(agent(), 'x')),
      tokens: [100, 5, 64],
    },
    {
      name: 'agents: a run with more turns than it may have',
      replies: [toolCompletion()],
      run: () =>
        expect(observe(() => runner.run(agent(), 'x', { maxTurns: 2 }))).rejects.toThrow(
          'Max turns',
        ),
      tokens: [200, 10],
      failure: 'MaxTurnsExceededError',
    },
    {
      name: 'agents: a streamed run whose second request fails',
      replies: [toolStream(), { status: 500, body: { error: { message: 'x' } } }],
      run: async () => {
        const run = await observe(() => runner.run(agent(), 'x', { stream: true }));
        await expect(drain(run)).rejects.toThrow();
      },
      tokens: [1_000, 50],
      failure: 'http_500',
    },
    {
      name: 'mastra: two steps, whole',
      replies: [toolCompletion(), completion({ content: 'abc' })],
      run: () => observe(() => mastra().generate('x')),
      tokens: [200, 10],
    },
    {
      name: 'mastra: a streamed run whose second request fails',
      replies: [toolStream(), { status: 400, body: { error: { message: 'x' } } }],
      run: async () => drain((await observe(() => mastra().stream('x'))).fullStream),
      tokens: [1_000, 50],
      failure: 'http_400',
    },
    ...(['fullStream', 'textStream'] as const).map((read) => ({
      name: `mastra: ${read} that is left, while the run continues`,
      replies: [toolStream(), textStream('abc')],
      run: async () => {
        for await (const _ of (await observe(() => mastra().stream('x')))[read]) break;
      },
      tokens: [1_100, 55],
    })),
    {
      name: 'mastra: the text of a run whose second request fails',
      replies: [toolStream(), { status: 400, body: { error: { message: 'x' } } }],
      run: async () => drain((await observe(() => mastra().stream('x'))).textStream),
      tokens: [1_000, 50],
      failure: 'http_400',
    },
    {
      name: 'mastra: the awaited text of a run whose second request fails',
      replies: [toolStream(), { status: 400, body: { error: { message: 'x' } } }],
      run: async () => expect((await observe(() => mastra().stream('x'))).text).rejects.toThrow(),
      tokens: [1_000, 50],
      failure: 'http_400',
    },
    {
      name: 'mastra: a whole run that was aborted in its second step',
      replies: [toolCompletion(usage(60, 7)), HANGS],
      run: async () => {
        const { received } = llm.replay;
        const controller = new AbortController();
        const run = observe(() => mastra().generate('x', { abortSignal: controller.signal }));
        await expect.poll(() => llm.replay.received).toBe(received + 2);
        controller.abort();
        await run;
      },
      tokens: [60, 7],
      failure: 'cancelled',
    },
    {
      name: 'mastra: an object, awaited',
      replies: [textStream('{"a":"b"}')],
      run: async () => {
        const structuredOutput = { schema: z.object({ a: z.string() }) };
        const result = await observe(() => mastra().stream('x', { structuredOutput }));
        expect(await result.object).toEqual({ a: 'b' });
      },
      tokens: [100, 5],
    },
    {
      name: 'langchain: whole',
      replies: [completion({ content: 'a' })],
      run: () => observe(() => langchain().invoke('count')),
      tokens: [100, 5],
    },
    {
      name: 'langchain: streamed, as its own stream',
      replies: [textStream('abc')],
      run: async () => {
        const bare = await langchain().stream('count');
        const stream = await observe(() => langchain().stream('count'));
        expect(stream.constructor).toBe(bare.constructor);
        let text = '';
        for await (const one of stream) text += one.text;
        expect(text).toBe('abc');
      },
      tokens: [100, 5],
    },
    {
      name: 'agents: whole',
      replies: [completion({ content: 'abc' })],
      run: () => observe(() => runner.run(agent(), 'count')),
      tokens: [100, 5],
    },
    {
      name: 'agents: streamed',
      replies: [textStream('abc')],
      run: async () => drain(await observe(() => runner.run(agent(), 'count', { stream: true }))),
      tokens: [100, 5],
    },
    {
      name: 'agents: streamed as text',
      replies: [textStream('abc')],
      run: async () => {
        const run = await observe(() => runner.run(agent(), 'count', { stream: true }));
        await drain(run.toTextStream());
      },
      tokens: [100, 5],
    },
    ...(['fullStream', 'textStream'] as const).map((read) => ({
      name: `mastra: streamed, read through ${read}`,
      replies: [textStream('abc')],
      run: async () => drain((await observe(() => mastra().stream('count')))[read]),
      tokens: [100, 5],
    })),
    {
      name: 'mastra: streamed, its text awaited',
      replies: [textStream('abc')],
      run: async () =>
        expect(await (await observe(() => mastra().stream('count'))).text).toBe('abc'),
      tokens: [100, 5],
    },
  ];
};
