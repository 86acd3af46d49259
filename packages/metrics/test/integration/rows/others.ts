import { GoogleGenAI } from '@google/genai';
import { Ollama } from 'ollama';
import { drain, type LlmHarness, messages } from '../llm-harness.ts';
import type { Row } from './row.ts';

const thoughtful = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] } }],
  usageMetadata: {
    promptTokenCount: 10,
    candidatesTokenCount: 2,
    thoughtsTokenCount: 3,
    totalTokenCount: 15,
  },
};
const part = (content: string) => ({ model: 'm', message: { role: 'assistant', content } });
const counted = { ...part(''), done: true, prompt_eval_count: 26, eval_count: 29 };

export const othersRows = (llm: LlmHarness): Row[] => {
  const { observe } = llm;
  const google = () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: llm.replay.url } });
  const ollama = () => new Ollama({ host: llm.replay.url });
  return [
    {
      name: '@google/genai: a chat, streamed',
      replies: [
        [1, 2].map((candidatesTokenCount) => ({
          candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] } }],
          usageMetadata: { promptTokenCount: 10, candidatesTokenCount, thoughtsTokenCount: 5 },
        })),
      ],
      run: async () => {
        const chat = google().chats.create({ model: 'm' });
        await drain(await observe(() => chat.sendMessageStream({ message: 'x' })));
      },
      tokens: [10, 7, 0, 5],
    },
    {
      name: 'ollama: a generation, streamed',
      replies: [
        [
          { model: 'm', response: 'a', done: false },
          { model: 'm', response: '', done: true, prompt_eval_count: 26, eval_count: 29 },
        ],
      ],
      run: async () => {
        await drain(
          await observe(() => ollama().generate({ model: 'm', prompt: 'x', stream: true })),
        );
      },
      tokens: [26, 29],
    },
    {
      name: '@google/genai: whole',
      replies: [thoughtful],
      run: () => observe(() => google().models.generateContent({ model: 'm', contents: 'count' })),
      tokens: [10, 5, 0, 3],
    },
    {
      name: '@google/genai: streamed',
      replies: [[thoughtful, thoughtful]],
      run: async () => {
        const request = { model: 'm', contents: 'count' };
        await drain(await observe(() => google().models.generateContentStream(request)));
      },
      tokens: [10, 5, 0, 3],
    },
    {
      name: 'ollama: a chat, whole',
      replies: [counted],
      run: () => observe(() => ollama().chat({ model: 'm', messages })),
      tokens: [26, 29],
    },
    {
      name: 'ollama: a chat, streamed',
      replies: [[{ ...part('a'), done: false }, { ...part('b'), done: false }, counted]],
      run: async () =>
        drain(await observe(() => ollama().chat({ model: 'm', messages, stream: true }))),
      tokens: [26, 29],
    },
  ];
};
