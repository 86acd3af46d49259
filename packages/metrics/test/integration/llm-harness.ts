import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai';
import { Agent as MastraAgent } from '@mastra/core/agent';
import {
  Agent,
  tool as agentTool,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
} from '@openai/agents';
import { stepCountIs, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { z } from 'zod';
import { MetricsManager } from '../../src/index.ts';
import { type LlmCall, observeLlm } from '../../src/llm/llm.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';
import { type Replay, startReplay } from './llm-replay.ts';

export const messages = [{ role: 'user' as const, content: 'count' }];

/** A tool of the AI SDK, which the responses of `llm-replay.ts` call. */
export const clock = tool({ inputSchema: z.object({}), execute: async () => 'noon' });

export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Prices of the model `m`, in US dollars per million tokens. */
export const PRICES = { m: { prompt: 10, completion: 100, cacheRead: 1 } };

/** Several steps of the AI SDK, with the tool. */
export const multi = { tools: { clock }, stopWhen: stepCountIs(3), maxRetries: 0 };

/** A loopback endpoint for the tests of a file, the clients that call it, and a manager a test. */
export class LlmHarness {
  replay = undefined as unknown as Replay;
  manager = undefined as unknown as MetricsManager;

  constructor() {
    beforeAll(async () => {
      this.replay = await startReplay();
    });
    afterAll(() => this.replay.close());
    beforeEach(() => {
      this.manager = new MetricsManager({ strict: true });
    });
  }

  readonly observe = <T>(run: () => T, more: Partial<LlmCall> = {}): T =>
    observeLlm({ provider: 'p', model: 'm', prices: PRICES, manager: this.manager, ...more }, run);

  readonly value = (name: string, labels: Record<string, string> = {}): number =>
    metricValue(name, labels, this.manager);

  readonly errorTypes = (): (string | undefined)[] =>
    this.#samples('llm_errors_total').map(({ labels }) => labels['error_type']);

  /** The requests that have ended, such as `chat success 2`. */
  readonly requests = (): string[] =>
    this.#samples('llm_requests_total').map(
      ({ labels, value }) => `${labels['operation']} ${labels['status']} ${value}`,
    );

  readonly provider = () => createOpenAI({ apiKey: 'k', baseURL: this.#url });
  readonly model = () => this.provider().chat('m');
  readonly claude = () => createAnthropic({ apiKey: 'k', baseURL: this.#url })('m');
  readonly openai = () => new OpenAI({ apiKey: 'k', baseURL: this.#url, maxRetries: 0 });
  readonly anthropic = () =>
    new Anthropic({ apiKey: 'k', baseURL: this.replay.url, maxRetries: 0 });

  readonly langchainOptions = () => ({
    model: 'm',
    apiKey: 'k',
    maxRetries: 0,
    configuration: { baseURL: this.#url },
  });
  readonly langchain = (more: ChatOpenAIFields = {}) =>
    new ChatOpenAI({ ...this.langchainOptions(), ...more });

  readonly agent = (api: 'completions' | 'responses' = 'completions') => {
    const Model = api === 'responses' ? OpenAIResponsesModel : OpenAIChatCompletionsModel;
    return new Agent({
      name: 'a',
      instructions: 'i',
      model: new Model(this.openai() as never, 'm'),
      tools: [
        agentTool({
          name: 'clock',
          description: 'c',
          parameters: z.object({}),
          execute: async () => 'noon',
        }),
      ],
    });
  };

  readonly mastra = () =>
    new MastraAgent({
      id: 'a',
      name: 'a',
      instructions: 'i',
      model: this.model() as never,
      tools: { clock: clock as never },
    });

  #samples(name: string) {
    return snapshotMetrics(this.manager).filter((sample) => sample.name === name);
  }

  get #url(): string {
    return `${this.replay.url}/v1`;
  }
}
