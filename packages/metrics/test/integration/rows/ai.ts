import {
  embedMany,
  generateImage,
  generateObject,
  generateText,
  NoObjectGeneratedError,
  Output,
  streamObject,
  streamText,
  ToolLoopAgent,
  wrapLanguageModel,
} from 'ai';
import { expect } from 'vitest';
import { z } from 'zod';
import { clock, drain, type LlmHarness, messages, multi } from '../llm-harness.ts';
import { chunk, completion, HANGS, textStream, toolStream, usage } from '../llm-replay.ts';
import type { Row } from './row.ts';

const REFUSED = { status: 500, body: { error: { message: 'no', type: 'server_error' } } };

/** A model that its middleware observes. */
const observed = ({ model, observe }: LlmHarness) =>
  wrapLanguageModel({
    model: model(),
    middleware: {
      specificationVersion: 'v4',
      wrapStream: ({ doStream }) => observe(() => doStream()),
      wrapGenerate: ({ doGenerate }) => observe(() => doGenerate()),
    },
  });

/** xAI: reasoning beside the completion; only the total shows it. */
const xai = usage(100, 50, {
  total_tokens: 430,
  completion_tokens_details: { reasoning_tokens: 280 },
});

export const aiRows = (llm: LlmHarness): Row[] => {
  const { observe, provider, model, claude } = llm;
  return [
    {
      name: 'ai: a run that is aborted in its third step',
      replies: [toolStream(), toolStream(), [chunk({ content: 'a' }), HANGS]],
      run: async () => {
        const abort = new AbortController();
        const options = { model: model(), messages, ...multi, abortSignal: abort.signal };
        for await (const part of observe(() => streamText(options)).fullStream) {
          if (part.type === 'text-delta') abort.abort();
        }
      },
      tokens: [2_000, 100],
      failure: 'cancelled',
    },
    {
      name: 'ai: a run whose reader leaves in its second step',
      replies: [toolStream(), [chunk({ content: 'a' }), HANGS]],
      run: async () => {
        const abort = new AbortController();
        const options = { model: model(), messages, ...multi, abortSignal: abort.signal };
        for await (const _ of observe(() => streamText(options)).textStream) break;
        abort.abort();
      },
      tokens: [1_000, 50],
      failure: 'cancelled',
    },
    {
      name: 'ai: an agent, streamed',
      replies: [toolStream(), textStream('abc')],
      run: async () => {
        const loop = new ToolLoopAgent({ model: model(), tools: { clock } });
        await drain((await observe(() => loop.stream({ prompt: 'x' }))).textStream);
      },
      tokens: [1_100, 55],
    },
    {
      name: 'ai: a message stream for a browser',
      replies: [textStream('abc')],
      run: () =>
        observe(() => streamText({ model: model(), messages }))
          .toUIMessageStreamResponse()
          .text(),
      tokens: [100, 5],
    },
    {
      name: 'ai: objects of an array, streamed',
      replies: [textStream('{"elements":[{"a":"b"}]}')],
      run: () => {
        const output = Output.array({ element: z.object({ a: z.string() }) });
        return drain(observe(() => streamText({ model: model(), messages, output })).elementStream);
      },
      tokens: [100, 5],
    },
    {
      name: 'ai: embeddings',
      replies: [
        {
          data: [
            { embedding: [1], index: 0 },
            { embedding: [2], index: 1 },
          ],
          usage: { prompt_tokens: 8, total_tokens: 8 },
        },
      ],
      run: () => observe(() => embedMany({ model: provider().embedding('m'), values: ['x', 'y'] })),
      tokens: [8, 0],
    },
    {
      name: 'ai: an image',
      replies: [
        {
          created: 1,
          data: [{ b64_json: 'aA==' }],
          usage: { input_tokens: 50, output_tokens: 60, total_tokens: 110 },
        },
      ],
      run: () =>
        observe(() => generateImage({ model: provider().image('gpt-image-1'), prompt: 'x' })),
      tokens: [50, 60],
    },
    {
      name: 'ai: reasoning beside the completion, whole',
      replies: [completion({ content: 'a' }, xai)],
      run: () => observe(() => generateText({ model: model(), messages })),
      tokens: [100, 330, 0, 280],
    },
    {
      name: 'ai: reasoning beside the completion, in two streamed steps',
      replies: [toolStream(xai), textStream('abc', xai)],
      run: () =>
        drain(observe(() => streamText({ model: model(), messages, ...multi })).textStream),
      tokens: [200, 660, 0, 560],
    },
    {
      name: 'ai: a compaction of Anthropic',
      replies: [
        {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [{ type: 'text', text: 'x' }],
          stop_reason: 'end_turn',
          usage: {
            input_tokens: 50,
            output_tokens: 5,
            iterations: [
              { type: 'compaction', input_tokens: 1_000, output_tokens: 100 },
              { type: 'message', input_tokens: 50, output_tokens: 5 },
            ],
          },
        },
      ],
      run: () => observe(() => generateText({ model: claude(), messages })),
      tokens: [1_050, 105],
    },
    {
      name: 'ai: a run whose third request fails, read through fullStream',
      replies: [toolStream(), toolStream(), REFUSED],
      run: () =>
        drain(
          observe(() =>
            streamText({ model: model(), messages, ...multi, onError: () => undefined }),
          ).fullStream,
        ),
      tokens: [2_000, 100],
      failure: 'http_500',
    },
    {
      name: 'ai: a run whose third request fails, read through textStream',
      replies: [toolStream(), toolStream(), REFUSED],
      run: () =>
        drain(
          observe(() =>
            streamText({ model: model(), messages, ...multi, onError: () => undefined }),
          ).textStream,
        ),
      tokens: [2_000, 100],
      failure: 'http_500',
    },
    {
      name: 'ai: an object that was not generated',
      replies: [completion({ content: 'no JSON' }, usage(70, 7))],
      run: () =>
        expect(
          observe(() =>
            generateObject({ model: model(), prompt: 'p', schema: z.object({ a: z.string() }) }),
          ),
        ).rejects.toSatisfy((error) => NoObjectGeneratedError.isInstance(error)),
      tokens: [70, 7],
      failure: 'AI_NoObjectGeneratedError',
    },
    {
      name: 'ai: an object, streamed, read through fullStream',
      replies: [textStream('{"a":"b"}')],
      run: () =>
        drain(
          observe(() =>
            streamObject({ model: model(), prompt: 'p', schema: z.object({ a: z.string() }) }),
          ).fullStream,
        ),
      tokens: [100, 5],
    },
    {
      name: 'ai: inside of middleware, streamed',
      replies: [textStream('abc')],
      run: async () =>
        expect(await streamText({ model: observed(llm), messages }).text).toBe('abc'),
      tokens: [100, 5],
    },
    {
      name: 'ai: inside of middleware, whole',
      replies: [completion({ content: '{}' }, usage(10, 1))],
      run: () => generateObject({ model: observed(llm), prompt: 'p', schema: z.object({}) }),
      tokens: [10, 1],
    },
  ];
};
