import { describe, expect, test } from 'vitest';
import { snapshotMetrics } from '../../src/testing.ts';
import { drain, LlmHarness } from './llm-harness.ts';
import { PAUSE } from './llm-replay.ts';

const llm = new LlmHarness();
const { observe, openai } = llm;
const sumOf = (part: string) =>
  snapshotMetrics(llm.manager).find(({ name }) => name.includes(part))?.sum ?? 0;
const pace = () => sumOf('per_output_token');

describe('the time per token', () => {
  const slowly = (events: readonly object[]) => events.flatMap((event) => [PAUSE, event]);
  const deltas = (type: string) => slowly([...'abcdef'].map((delta) => ({ type, delta })));
  const completed = (output_tokens: number, reasoning_tokens: number) => ({
    type: 'response.completed',
    response: {
      id: 'r',
      usage: { input_tokens: 1, output_tokens, output_tokens_details: { reasoning_tokens } },
    },
  });
  const read = async (events: readonly object[]) => {
    llm.replay.replies = [[...events]];
    const create = () => openai().responses.create({ model: 'm', input: 'x', stream: true });
    await drain(await observe(create));
  };

  test('a summary of reasoning does not stand for the tokens of the reasoning', async () => {
    const summary = { type: 'response.reasoning_summary_text.delta', delta: 'so' };
    await read([summary, ...deltas('response.output_text.delta'), completed(1_006, 1_000)]);
    // Five intervals of 20 ms; over all tokens they would be 0.1 ms each.
    expect(pace()).toBeGreaterThan(0.01);
  });

  test("a tool of the provider's does not make tokens slower", async () => {
    const search = { type: 'response.web_search_call.searching' };
    const waits = Array.from({ length: 100 }, () => PAUSE);
    const words = deltas('response.output_text.delta');
    await read([...words, search, ...waits, ...words, completed(12, 0)]);
    // The tool takes nine tenths of the time: with it, a token would take a tenth.
    expect(pace()).toBeLessThan(sumOf('llm_request_duration') / 25);
    expect(pace()).toBeGreaterThan(0.01);
  });
});
