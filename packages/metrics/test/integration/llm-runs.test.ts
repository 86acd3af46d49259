import { Runner } from '@openai/agents';
import { generateText, streamText } from 'ai';
import { describe, expect, test } from 'vitest';
import { snapshotMetrics } from '../../src/testing.ts';
import { block, cached, start, stop, text } from './anthropic-replay.ts';
import { drain, LlmHarness, messages, multi } from './llm-harness.ts';
import {
  chunk,
  completion,
  PAUSE,
  type Reply,
  response,
  responseStream,
  said,
  textStream,
  toolCompletion,
  toolStream,
  usage,
} from './llm-replay.ts';

const llm = new LlmHarness();
const {
  observe,
  value,
  errorTypes,
  provider,
  model,
  claude,
  openai,
  anthropic,
  langchain,
  agent,
  mastra,
} = llm;
const runner = new Runner({ tracingDisabled: true });

/** Chunks that say which tier served them. */
const tiered = (chunks: readonly object[]) =>
  chunks.map((one) => ({ ...one, service_tier: 'flex' }));

describe('the price of a run', () => {
  const prices = {
    m: { prompt: 1, completion: 10, tiers: [{ above: 200_000, prompt: 100, completion: 100 }] },
  };
  const large = usage(150_000, 10);
  const whole = () => [toolCompletion(large), completion({ content: 'abc' }, large)];
  const streamed = () => [toolStream(large), textStream('abc', large)];

  test.each<[string, () => Reply[], () => unknown]>([
    [
      'ai',
      whole,
      () => observe(() => generateText({ model: model(), messages, ...multi }), { prices }),
    ],
    [
      'ai, streamed',
      streamed,
      () =>
        drain(
          observe(() => streamText({ model: model(), messages, ...multi }), { prices }).textStream,
        ),
    ],
    ['agents', whole, () => observe(() => runner.run(agent(), 'x'), { prices })],
    [
      'agents, streamed as text',
      streamed,
      async () => {
        const run = await observe(() => runner.run(agent(), 'x', { stream: true }), { prices });
        await drain(run.toTextStream());
      },
    ],
    ['mastra', whole, () => observe(() => mastra().generate('x'), { prices })],
    [
      'mastra, streamed',
      streamed,
      async () => drain((await observe(() => mastra().stream('x'), { prices })).fullStream),
    ],
  ])('%s: a tier is that of each request, not of their sum', async (_, replies, run) => {
    llm.replay.replies = replies();
    await run();
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expect(value('llm_cost_usd_total')).toBeCloseTo(0.3002, 9);
  });

  test('langchain: the cost that OpenRouter states', async () => {
    llm.replay.replies = [completion({ content: 'x' }, usage(10, 2, { cost: 0.25 }))];
    await observe(() => langchain().invoke('x'), { prices: undefined });
    expect(value('llm_cost_usd_total')).toBe(0.25);
  });

  test.each<[string, () => object, (call: <T>(run: () => T) => T) => unknown, string?]>([
    [
      'openai',
      () => ({ ...completion({ content: 'a' }), service_tier: 'flex' }),
      (call) => call(() => openai().chat.completions.create({ model: 'm', messages })),
    ],
    [
      'openai, streamed',
      () => tiered(textStream('ab')),
      async (call) =>
        drain(
          await call(() =>
            openai().chat.completions.create({ model: 'm', messages, stream: true }),
          ),
        ),
    ],
    [
      'openai: a response, streamed',
      () => responseStream({ ...response(said('a')), service_tier: 'flex' }),
      async (call) =>
        drain(
          await call(() => openai().responses.create({ model: 'm', input: 'x', stream: true })),
        ),
    ],
    [
      'ai, streamed',
      () => responseStream({ ...response(said('a')), service_tier: 'flex' }),
      (call) =>
        drain(call(() => streamText({ model: provider().responses('m'), prompt: 'x' })).textStream),
    ],
    [
      'langchain, streamed',
      () => tiered(textStream('ab')),
      async (call) => drain(await call(() => langchain().stream('x'))),
    ],
    [
      'agents, streamed',
      () => tiered(textStream('ab')),
      async (call) => drain(await call(() => runner.run(agent(), 'x', { stream: true }))),
    ],
    [
      'anthropic, its fast mode',
      () => ({
        ...{ id: 'x', type: 'message', role: 'assistant', stop_reason: 'end_turn' },
        content: [{ type: 'text', text: 'a' }],
        usage: { input_tokens: 100, output_tokens: 5, service_tier: 'standard', speed: 'fast' },
      }),
      (call) => call(() => anthropic().messages.create({ model: 'm', max_tokens: 9, messages })),
      'fast',
    ],
  ])('the service tier of %s', async (_, reply, run, tier = 'flex') => {
    llm.replay.replies = [reply()];
    const tiers: (string | undefined)[] = [];
    await run((make) =>
      observe(make, {
        prices: ({ serviceTier }) => {
          tiers.push(serviceTier);
          return 1;
        },
      }),
    );
    await expect.poll(() => tiers).toEqual([tier]);
  });

  test('ai: tokens that Anthropic stores for an hour', async () => {
    const tokens = {
      input_tokens: 50,
      output_tokens: 5,
      cache_creation_input_tokens: 1_000,
      cache_creation: { ephemeral_1h_input_tokens: 1_000, ephemeral_5m_input_tokens: 0 },
    };
    llm.replay.replies = [
      [start({ ...tokens, output_tokens: 1 }), ...text(), ...stop('end_turn', tokens)],
    ];
    const hour = { m: { prompt: 0, completion: 0, cacheWrite: 1, cacheWriteHour: 1_000 } };
    const run = observe(() => streamText({ model: claude(), messages }), { prices: hour });
    await drain(run.textStream);
    await expect.poll(() => value('llm_cost_usd_total')).toBe(1);
  });
});

describe('failures in what was received', () => {
  const ask = () => observe(() => openai().chat.completions.create({ model: 'm', messages }));
  const choice = { index: 0, finish_reason: 'error', message: { role: 'assistant', content: '' } };

  test.each<[string, object, () => unknown, string]>([
    ['an error that is a name', { error: 'overloaded' }, ask, 'overloaded'],
    ['a choice that ended in an error', { choices: [choice] }, ask, 'finish_reason_error'],
    [
      'an error body of Anthropic',
      { type: 'error', error: { type: 'overloaded_error', message: 'x' } },
      () => observe(() => anthropic().messages.create({ model: 'm', max_tokens: 9, messages })),
      'overloaded_error',
    ],
  ])('%s', async (_, body, run, type) => {
    llm.replay.replies = [body];
    await run();
    expect(value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(errorTypes()).toEqual([type]);
  });

  test('a streamed choice that ended in an error', async () => {
    llm.replay.replies = [[chunk({ content: 'a' }), chunk({}, 'error')]];
    const request = { model: 'm', messages, stream: true } as const;
    await drain(await observe(() => openai().chat.completions.create(request)));
    expect(errorTypes()).toEqual(['finish_reason_error']);
  });
});

describe('the time per token with hidden reasoning', () => {
  /** Seconds per token, or undefined if that was not recorded. */
  const pace = () => {
    const found = snapshotMetrics(llm.manager).find(({ name }) =>
      name.includes('per_output_token'),
    );
    return found?.sum;
  };
  const signature = { type: 'signature_delta', signature: 'x' };
  const hidden = () => [
    start({ input_tokens: 50, output_tokens: 1 }),
    ...block(0, { type: 'thinking', thinking: '', signature: '' }, signature),
    ...text(1),
    ...stop('end_turn', { output_tokens: 1_005 }),
  ];

  test('openai: encrypted details of OpenRouter are not output', async () => {
    const encrypted = { type: 'reasoning.encrypted', data: 'x', index: 0 };
    const tokens = usage(10, 1_005, { completion_tokens_details: { reasoning_tokens: 1_000 } });
    const [first, ...others] = textStream('abcde', tokens);
    llm.replay.replies = [
      [first, chunk({ content: '', reasoning_details: [encrypted] }), ...others].flatMap((one) => [
        PAUSE,
        one as object,
      ]),
    ];
    const request = { model: 'm', messages, stream: true } as const;
    await drain(await observe(() => openai().chat.completions.create(request)));
    // Four intervals of 20 ms; over 1,004 tokens they would be 0.1 ms each.
    expect(pace()).toBeGreaterThan(0.01);
  });

  test('ai: an item of reasoning without a summary is not output', async () => {
    const reasoning = { id: 'rs', type: 'reasoning', summary: [] };
    const message = { id: 'm1', type: 'message', role: 'assistant', content: [] };
    const tokens = {
      input_tokens: 10,
      output_tokens: 1_005,
      output_tokens_details: { reasoning_tokens: 1_000 },
    };
    llm.replay.replies = [
      [
        { type: 'response.created', response: { id: 'r', created_at: 1, model: 'm' } },
        { type: 'response.output_item.added', output_index: 0, item: reasoning },
        { type: 'response.output_item.done', output_index: 0, item: reasoning },
        { type: 'response.output_item.added', output_index: 1, item: message },
        ...[...'abcde'].flatMap((delta) => [
          PAUSE,
          {
            type: 'response.output_text.delta',
            item_id: 'm1',
            output_index: 1,
            content_index: 0,
            delta,
          },
        ]),
        { type: 'response.completed', response: { id: 'r', usage: tokens } },
      ],
    ];
    const result = observe(() => streamText({ model: provider().responses('m'), messages }));
    await drain(result.fullStream);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    expect(pace()).toBeGreaterThan(0.01);
  });

  test('anthropic: thinking of which nothing is shown and nothing counted gives no pace', async () => {
    llm.replay.replies = [hidden()];
    await drain(
      await observe(() =>
        anthropic().messages.create({ model: 'm', max_tokens: 9, messages, stream: true }),
      ),
    );
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
    expect(pace()).toBeUndefined();
    llm.replay.replies = [hidden()];
    await drain(observe(() => streamText({ model: claude(), messages })).fullStream);
    await expect.poll(() => value('llm_time_to_first_token_seconds')).toBe(2);
    expect(pace()).toBeUndefined();
  });

  test('anthropic: without thinking, it is that of the text', async () => {
    llm.replay.replies = [[start(cached), ...text(), ...stop('end_turn', { output_tokens: 5 })]];
    await drain(
      await observe(() =>
        anthropic().messages.create({ model: 'm', max_tokens: 9, messages, stream: true }),
      ),
    );
    expect(pace()).toBeGreaterThan(0.01);
  });
});
