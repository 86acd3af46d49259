import { expect } from 'vitest';
import { cached, start, stop, text } from '../anthropic-replay.ts';
import { drain, type LlmHarness, messages } from '../llm-harness.ts';
import type { Row } from './row.ts';

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
const toolMessages = [
  message([{ type: 'tool_use', id: 't', name: 'clock', input: {} }], 'tool_use'),
  message([{ type: 'text', text: 'noon' }], 'end_turn'),
];
const toolRunner = ({ anthropic }: LlmHarness) =>
  anthropic().beta.messages.toolRunner({
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

export const anthropicRows = (llm: LlmHarness): Row[] => {
  const { observe, anthropic } = llm;
  return [
    {
      name: 'anthropic: usage so far in a later event, cached tokens included',
      replies: [
        [
          start(cached),
          ...text(),
          ...stop('end_turn', { ...cached, input_tokens: 60, output_tokens: 5 }),
        ],
      ],
      run: () =>
        observe(() =>
          anthropic().messages.stream({ model: 'm', max_tokens: 9, messages }),
        ).finalMessage(),
      tokens: [110, 5, 40],
    },
    {
      name: 'anthropic: an error in the middle of a stream',
      replies: [
        [
          start(cached),
          ...text(),
          { type: 'error', error: { type: 'overloaded_error', message: 'x' } },
        ],
      ],
      run: async () => {
        const request = { model: 'm', max_tokens: 9, messages, stream: true } as const;
        const reading = drain(await observe(() => anthropic().messages.create(request)));
        await expect(reading).rejects.toThrow();
      },
      tokens: [100, 1, 40],
      failure: 'overloaded_error',
    },
    {
      name: 'anthropic: a tool runner, iterated',
      replies: toolMessages,
      run: () => drain(observe(() => toolRunner(llm))),
      tokens: [200, 10],
    },
    {
      name: 'anthropic: a tool runner, awaited',
      replies: toolMessages,
      run: () => observe(() => toolRunner(llm)),
      tokens: [200, 10],
    },
  ];
};
