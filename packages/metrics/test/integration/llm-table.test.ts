import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { LlmHarness, PRICES } from './llm-harness.ts';
import { adapterRows } from './rows/adapters.ts';
import { aiRows } from './rows/ai.ts';
import { anthropicRows } from './rows/anthropic.ts';
import { frameworksRows } from './rows/frameworks.ts';
import { langchainRows } from './rows/langchain.ts';
import { openaiRows } from './rows/openai.ts';
import { othersRows } from './rows/others.ts';
import { SpanRecorder } from './span-recorder.ts';

const llm = new LlmHarness();
const recorder = new SpanRecorder();

// Each SDK and mode, beside what the endpoint stated: spans, tokens, cost.
test.each([
  ...aiRows(llm),
  ...openaiRows(llm),
  ...anthropicRows(llm),
  ...frameworksRows(llm),
  ...othersRows(llm),
  ...adapterRows(llm),
  ...langchainRows(llm),
])('$name', async ({ replies, run, tokens, failure, spans, requests = 1 }) => {
  llm.replay.replies = [...replies];
  await run();
  await expect.poll(() => llm.value('llm_requests_total')).toBe(requests);
  const [prompt = 0, completion = 0, cacheRead = 0, reasoning = 0] = tokens;
  const { m } = PRICES;
  const cost =
    (prompt - cacheRead) * m.prompt + cacheRead * m.cacheRead + completion * m.completion;
  expect({
    prompt: llm.value('llm_tokens_total', { type: 'prompt' }),
    completion: llm.value('llm_tokens_total', { type: 'completion' }),
    cacheRead: llm.value('llm_token_details_total', { detail: 'cache_read' }),
    reasoning: llm.value('llm_token_details_total', { detail: 'reasoning' }),
    cost: llm.value('llm_cost_usd_total'),
    inFlight: llm.value('llm_requests_in_flight'),
    unread: llm.value('llm_requests_without_usage_total'),
    failures: llm
      .errorTypes()
      .concat(llm.value('llm_requests_total', { status: 'cancelled' }) ? 'cancelled' : []),
  }).toEqual({
    prompt,
    completion,
    cacheRead,
    reasoning,
    cost: expect.closeTo(cost * 1e-6, 9),
    inFlight: 0,
    unread: 0,
    failures: failure === undefined ? [] : [failure],
  });

  const calls = recorder.spans.filter(({ kind }) => kind === SpanKind.CLIENT);
  const sum = (name: string) =>
    calls.reduce((total, { attributes }) => total + Number(attributes[name] ?? 0), 0);
  expect(recorder.tree()).toEqual(
    spans ?? [failure === undefined ? 'chat m' : `chat m (${failure})`],
  );
  expect({
    prompt: sum('gen_ai.usage.input_tokens'),
    completion: sum('gen_ai.usage.output_tokens'),
    cacheRead: sum('gen_ai.usage.cache_read.input_tokens'),
    reasoning: sum('gen_ai.usage.reasoning.output_tokens'),
    cost: sum('map.cost_usd'),
  }).toEqual({ prompt, completion, cacheRead, reasoning, cost: expect.closeTo(cost * 1e-6, 9) });
});
