import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIChatCompletionsModel, Runner } from '@openai/agents';
import { generateText, type LanguageModel, streamText } from 'ai';
import Groq from 'groq-sdk';
import OpenAI from 'openai';

globalThis.AI_SDK_LOG_WARNINGS = false;

/** The client options of an SDK. */
export interface SdkOptions {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly fetch: typeof globalThis.fetch;
  readonly maxRetries: 0;
}

/** One SDK: asks for a whole answer or a streamed one, and gives its text. */
export interface Sdk {
  readonly name: string;
  /** The path that its base URL ends with. */
  readonly path: string;
  whole(options: SdkOptions, signal: AbortSignal): Promise<string>;
  streamed(options: SdkOptions, signal: AbortSignal): Promise<string>;
}

const model = 'm';
const messages = [{ role: 'user' as const, content: 'Hello' }];

async function joined<T>(chunks: AsyncIterable<T>, textOf: (chunk: T) => unknown): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += String(textOf(chunk) ?? '');
  return text;
}

/** A client of the protocol of OpenAI, with as much of it as is used here. */
const ofOpenAi = {
  async whole(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const client = new OpenAI(options);
    const answer = await client.chat.completions.create({ model, messages }, { signal });
    return answer.choices[0]?.message.content ?? '';
  },
  async streamed(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const client = new OpenAI(options);
    const stream = await client.chat.completions.create(
      { model, messages, stream: true },
      { signal },
    );
    return await joined(stream, (chunk) => chunk.choices[0]?.delta.content);
  },
};

const groq = {
  async whole(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const client = new Groq(options);
    const answer = await client.chat.completions.create({ model, messages }, { signal });
    return answer.choices[0]?.message.content ?? '';
  },
  async streamed(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const client = new Groq(options);
    const stream = await client.chat.completions.create(
      { model, messages, stream: true },
      { signal },
    );
    return await joined(stream, (chunk) => chunk.choices[0]?.delta.content);
  },
};

const anthropic = {
  async whole(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const body = { model, messages, max_tokens: 9 };
    const { content } = await new Anthropic(options).messages.create(body, { signal });
    return content[0]?.type === 'text' ? content[0].text : '';
  },
  async streamed(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const body = { model, messages, max_tokens: 9, stream: true as const };
    const stream = await new Anthropic(options).messages.create(body, { signal });
    return await joined(stream, (event) =>
      event.type === 'content_block_delta' && event.delta.type === 'text_delta'
        ? event.delta.text
        : '',
    );
  },
};

function ofAi(modelOf: (options: SdkOptions) => LanguageModel): Pick<Sdk, 'whole' | 'streamed'> {
  const ask = { prompt: 'Hello', maxRetries: 0 };
  return {
    async whole(options, abortSignal) {
      return (await generateText({ ...ask, model: modelOf(options), abortSignal })).text;
    },
    async streamed(options, abortSignal) {
      const chosen = modelOf(options);
      const { fullStream } = streamText({ ...ask, model: chosen, abortSignal, onError: () => {} });
      // It reports what fails as a part.
      return await joined(fullStream, (part) => {
        if (part.type === 'error') throw part.error;
        if (part.type === 'abort') throw new DOMException('aborted', 'AbortError');
        return part.type === 'text-delta' ? part.text : '';
      });
    },
  };
}

function langchain({ apiKey, ...configuration }: SdkOptions): ChatOpenAI {
  return new ChatOpenAI({ model, apiKey, configuration, maxRetries: 0 });
}

const ofLangchain = {
  async whole(options: SdkOptions, signal: AbortSignal): Promise<string> {
    return (await langchain(options).invoke('Hello', { signal })).text;
  },
  async streamed(options: SdkOptions, signal: AbortSignal): Promise<string> {
    return await joined(await langchain(options).stream('Hello', { signal }), ({ text }) => text);
  },
};

function agentOf(options: SdkOptions): Agent {
  const chat = new OpenAIChatCompletionsModel(new OpenAI(options) as never, model);
  return new Agent({ name: 'a', instructions: 'i', model: chat });
}

const ofAgents = {
  async whole(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const runner = new Runner({ tracingDisabled: true });
    return String((await runner.run(agentOf(options), 'Hello', { signal })).finalOutput);
  },
  async streamed(options: SdkOptions, signal: AbortSignal): Promise<string> {
    const runner = new Runner({ tracingDisabled: true });
    const result = await runner.run(agentOf(options), 'Hello', { stream: true, signal });
    const text = await joined(result.toTextStream(), (part) => part);
    await result.completed;
    // It ends an aborted stream without an error.
    signal.throwIfAborted();
    return text;
  },
};

/** The SDKs that take a fetch. */
export const sdks: readonly Sdk[] = [
  { name: 'openai', path: '/v1', ...ofOpenAi },
  { name: '@anthropic-ai/sdk', path: '', ...anthropic },
  { name: 'ai with openai', path: '/v1', ...ofAi((options) => createOpenAI(options).chat(model)) },
  { name: 'ai with anthropic', path: '/v1', ...ofAi((options) => createAnthropic(options)(model)) },
  { name: 'groq-sdk', path: '', ...groq },
  { name: '@langchain/openai', path: '/v1', ...ofLangchain },
  { name: '@openai/agents', path: '/v1', ...ofAgents },
];
