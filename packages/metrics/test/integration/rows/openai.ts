import Groq from 'groq-sdk';
import { toFile } from 'openai';
import { ContentFilterFinishReasonError, LengthFinishReasonError } from 'openai/error';
import { zodResponseFormat } from 'openai/helpers/zod';
import { expect } from 'vitest';
import { z } from 'zod';
import { drain, type LlmHarness, messages } from '../llm-harness.ts';
import { chunk, completion, textStream, toolCompletion, toolStream, usage } from '../llm-replay.ts';
import type { Row } from './row.ts';

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'clock',
      description: 'c',
      parameters: { type: 'object', properties: {} },
      function: () => 'noon',
    },
  },
];

const image = (kind: string) => [
  { type: `image_${kind}.partial_image`, b64_json: 'aA==', partial_image_index: 0 },
  {
    type: `image_${kind}.completed`,
    b64_json: 'aA==',
    usage: { input_tokens: 50, output_tokens: 272, total_tokens: 322 },
  },
];

const spoken = {
  text: 'a',
  usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 },
};

const format = zodResponseFormat(z.object({ a: z.string() }), 'x');

const stopped = (finish_reason: string, content: string) => {
  const { choices, ...whole } = completion({ content });
  return { ...whole, choices: choices.map((choice) => ({ ...choice, finish_reason })) };
};

export const openaiRows = (llm: LlmHarness): Row[] => {
  const { observe, openai } = llm;
  const parse = () =>
    openai().chat.completions.parse({ model: 'm', messages, response_format: format });
  return [
    {
      name: 'openai: an object that is too long',
      replies: [stopped('length', '{"a":')],
      run: () => expect(observe(parse)).rejects.toThrow(LengthFinishReasonError),
      tokens: [100, 5],
      failure: 'LengthFinishReasonError',
    },
    {
      name: 'openai: an object that a filter stopped, with its response',
      replies: [stopped('content_filter', '{"a":')],
      run: () =>
        expect(observe(parse).withResponse()).rejects.toThrow(ContentFilterFinishReasonError),
      tokens: [100, 5],
      failure: 'ContentFilterFinishReasonError',
    },
    {
      name: 'openai: an object that does not match',
      replies: [stopped('stop', '{"a":1}')],
      run: () => expect(observe(parse)).rejects.toThrow(z.ZodError),
      tokens: [100, 5],
      failure: 'ZodError',
    },
    {
      name: 'openai: an object with its response',
      replies: [stopped('stop', '{"a":"b"}')],
      run: async () => {
        const { data, response } = await observe(parse).withResponse();
        expect(data.choices[0]?.message.parsed).toEqual({ a: 'b' });
        expect(response.status).toBe(200);
      },
      tokens: [100, 5],
    },
    {
      name: 'openai: an image, streamed',
      replies: [image('generation')],
      run: async () =>
        drain(
          await observe(() =>
            openai().images.generate({ model: 'm', prompt: 'x', stream: true, partial_images: 1 }),
          ),
        ),
      tokens: [50, 272],
    },
    {
      name: 'openai: an edited image, streamed',
      replies: [image('edit')],
      run: async () => {
        const file = await toFile(Buffer.from('a'), 'a.png');
        const edit = { model: 'm', prompt: 'x', stream: true, image: file } as const;
        await drain(await observe(() => openai().images.edit(edit)));
      },
      tokens: [50, 272],
    },
    {
      name: 'openai: a transcription, streamed',
      replies: [
        [
          { type: 'transcript.text.delta', delta: 'a' },
          { type: 'transcript.text.done', ...spoken },
        ],
      ],
      run: async () => {
        const file = await toFile(Buffer.from('a'), 'a.wav');
        const request = { model: 'gpt-4o-transcribe', stream: true, file } as const;
        await drain(await observe(() => openai().audio.transcriptions.create(request)));
      },
      tokens: [14, 45],
    },
    {
      name: 'openai: a transcription, whole',
      replies: [spoken],
      run: async () => {
        const file = await toFile(Buffer.from('a'), 'a.wav');
        const request = { model: 'gpt-4o-transcribe', file };
        await observe(() => openai().audio.transcriptions.create(request));
      },
      tokens: [14, 45],
    },
    {
      name: 'openai: the usage in a choice',
      replies: [
        [
          chunk({ content: 'a' }),
          {
            ...chunk({}),
            choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: usage(7, 3) }],
          },
        ],
      ],
      run: async () =>
        drain(
          await observe(() =>
            openai().chat.completions.create({ model: 'm', messages, stream: true }),
          ),
        ),
      tokens: [7, 3],
    },
    {
      name: 'openai: several requests at once',
      replies: [completion({ content: 'a' })],
      run: () => {
        const ask = () => openai().chat.completions.create({ model: 'm', messages });
        return observe(() => Promise.all([ask(), ask()]));
      },
      tokens: [200, 10],
    },
    {
      name: 'openai: a streamed tool runner',
      replies: [toolStream(), textStream('abc')],
      run: async () => {
        const run = observe(() =>
          openai().chat.completions.runTools({
            model: 'm',
            messages,
            stream: true,
            stream_options: { include_usage: true },
            tools,
          }),
        );
        expect(await run.finalContent()).toBe('abc');
      },
      tokens: [1_100, 55],
    },
    {
      name: 'openai: a tool runner, whole',
      replies: [toolCompletion(), completion({ content: 'noon' }, usage(200, 9))],
      run: async () => {
        const run = observe(() =>
          openai().chat.completions.runTools({ model: 'm', messages, tools }),
        );
        expect(await run.finalContent()).toBe('noon');
        await run.done();
      },
      tokens: [300, 14],
    },
    {
      name: 'openai: a response with status failed',
      replies: [
        {
          id: 'r',
          object: 'response',
          status: 'failed',
          error: { code: 'server_error', message: 'no' },
          output: [],
          usage: { input_tokens: 7, output_tokens: 1, total_tokens: 8 },
        },
      ],
      run: () => observe(() => openai().responses.create({ model: 'm', input: 'i' })),
      tokens: [7, 1],
      failure: 'server_error',
    },
    {
      name: 'groq: the usage in x_groq, streamed',
      replies: [
        [
          chunk({ content: 'a' }),
          { ...chunk({}, 'stop'), x_groq: { id: 'q', usage: usage(30, 4) } },
        ],
      ],
      run: async () => {
        const groq = new Groq({ apiKey: 'k', baseURL: llm.replay.url, maxRetries: 0 });
        const request = { model: 'm', messages, stream: true } as const;
        await drain(await observe(() => groq.chat.completions.create(request)));
      },
      tokens: [30, 4],
    },
  ];
};
