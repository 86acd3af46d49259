import { ChatAnthropic } from '@langchain/anthropic';
import { RunnableParallel } from '@langchain/core/runnables';
import { ChatGroq } from '@langchain/groq';
import { Ollama } from '@langchain/ollama';
import { mapCallbacks } from '../../../src/langchain/langchain.ts';
import { cached, start, stop, text } from '../anthropic-replay.ts';
import { drain, type LlmHarness, PRICES } from '../llm-harness.ts';
import { chunk, usage } from '../llm-replay.ts';
import type { Row } from './row.ts';

/** Integrations of LangChain that state the usage in their own way, streamed. */
export const langchainRows = (llm: LlmHarness): Row[] => {
  const { observe } = llm;
  const options = () => ({ model: 'm', apiKey: 'k', maxRetries: 0 });
  const claude = () => new ChatAnthropic({ ...options(), anthropicApiUrl: llm.replay.url });
  const groq = () => new ChatGroq({ ...options(), baseUrl: llm.replay.url });
  const callbacks = () => ({ callbacks: [mapCallbacks({ manager: llm.manager, prices: PRICES })] });
  const counted = [start(cached), ...text(), ...stop('end_turn', { output_tokens: 5 })];
  const besideIt = [
    chunk({ role: 'assistant', content: 'a' }),
    { ...chunk({}, 'stop'), x_groq: { id: 'q', usage: usage(30, 4) } },
  ];
  return [
    {
      name: 'langchain: Claude, whose output is counted so far',
      replies: [counted],
      run: async () => drain(await observe(() => claude().stream('x'))),
      tokens: [100, 5, 40],
    },
    {
      name: 'langchain: Claude, whose output is counted so far, by its events',
      replies: [counted],
      run: async () => drain(await observe(() => claude().streamEvents('x', { version: 'v2' }))),
      tokens: [100, 5, 40],
    },
    {
      name: 'langchain: two of Claude in parallel, by their events',
      replies: [
        counted,
        [start({ input_tokens: 50 }), ...text(), ...stop('end_turn', { output_tokens: 7 })],
      ],
      run: async () => {
        const both = RunnableParallel.from({ a: claude(), b: claude() });
        await drain(await observe(() => both.streamEvents('x', { version: 'v2' })));
      },
      tokens: [150, 12, 40],
    },
    {
      name: 'mapCallbacks: Claude, whose output is counted so far',
      replies: [counted],
      run: async () => drain(await claude().stream('x', callbacks())),
      tokens: [100, 5, 40],
    },
    {
      name: "langchain: Groq's usage, which only the metadata has",
      replies: [besideIt],
      run: async () => drain(await observe(() => groq().stream('x'))),
      tokens: [30, 4],
    },
    {
      name: "mapCallbacks: Groq's usage, which only the metadata has",
      replies: [besideIt],
      run: async () => drain(await groq().stream('x', callbacks())),
      tokens: [30, 4],
    },
    {
      name: 'mapCallbacks: a completion of text by Ollama, streamed',
      replies: [
        [
          { model: 'm', response: 'a', done: false },
          { model: 'm', response: '', done: true, prompt_eval_count: 30, eval_count: 4 },
        ],
      ],
      run: async () => {
        const model = new Ollama({ model: 'm', baseUrl: llm.replay.url, maxRetries: 0 });
        await drain(await model.stream('x', callbacks()));
      },
      tokens: [30, 4],
      spans: ['text_completion m'],
    },
  ];
};
