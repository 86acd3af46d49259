import { expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { genaiPrices } from '../../src/llm/genai-prices.ts';
import { type LlmUsage, observeLlm } from '../../src/llm/llm.ts';
import { metricValue } from '../../src/testing.ts';

const usage = (part: Partial<LlmUsage>): LlmUsage => ({
  ...{ prompt: 0, completion: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
  ...part,
});
const prices = genaiPrices();
const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-5' };

test.each([
  ['fresh tokens', { prompt: 1000, completion: 100 }, 1000 * 3 + 100 * 15],
  ['cache reads', { prompt: 1000, cacheRead: 400 }, 600 * 3 + 400 * 0.3],
  ['cache writes', { prompt: 1000, cacheWrite: 400 }, 600 * 3 + 400 * 3.75],
  [
    'hour-long cache writes',
    { prompt: 1000, cacheWrite: 400, cacheWriteHour: 100 },
    600 * 3 + 300 * 3.75 + 100 * 6,
  ],
  ['a long prompt', { prompt: 300_000, completion: 10 }, 300_000 * 6 + 10 * 22.5],
  ['a batch', { prompt: 1000, batch: true }, 500 * 3],
])('%s cost what the collection says', (_, part, micros) => {
  expect(prices(usage(part), sonnet)).toBeCloseTo(micros / 1e6, 10);
});

test.each([
  ['gcp.vertex_ai', 'gemini-2.5-pro'],
  ['aws.bedrock', 'anthropic.claude-3-5-sonnet-20241022-v2:0'],
  ['azure.ai.openai', 'gpt-4o'],
  ['openai.responses', 'gpt-4o'],
  ['x_ai', 'grok-4'],
])('the provider %s is known', (provider, model) => {
  expect(prices(usage({ prompt: 1000 }), { provider, model })).toBeGreaterThan(0);
});

test('an unknown model costs nothing and is counted; own prices win', async () => {
  const manager = new MetricsManager();
  const own = { 'my-model': { prompt: 1, completion: 1 }, 'gpt-4o': { prompt: 7, completion: 7 } };
  const ask = (model: string) =>
    observeLlm({ provider: 'openai', model, manager, prices: genaiPrices({ own }) }, async () => ({
      usage: { prompt_tokens: 1e6, completion_tokens: 0 },
    }));
  for (const model of ['my-model', 'gpt-4o', 'no-such-model', '__proto__', '']) await ask(model);
  const cost = (model: string) => metricValue('llm_cost_usd_total', { model }, manager);
  expect([cost('my-model'), cost('gpt-4o'), cost('no-such-model')]).toEqual([1, 7, 0]);
  expect(metricValue('llm_cost_unknown_total', { model: 'no-such-model' }, manager)).toBe(1);
  expect(metricValue('llm_cost_unknown_total', {}, manager)).toBe(3);
});

test('the batch rate of the call counts', async () => {
  const manager = new MetricsManager();
  const call = { ...sonnet, manager, prices, batch: true };
  await observeLlm(call, async () => ({ usage: { input_tokens: 1000, output_tokens: 0 } }));
  expect(metricValue('llm_cost_usd_total', {}, manager)).toBeCloseTo(0.0015, 10);
});

test('a tier is not billed at the standard price, but at its factor', async () => {
  const manager = new MetricsManager();
  const ask = (factors: Record<string, number> | undefined, more: object = {}) =>
    observeLlm(
      { ...sonnet, manager, prices: genaiPrices({ serviceTiers: factors }), ...more },
      async () => ({ service_tier: 'flex', usage: { input_tokens: 1000, output_tokens: 0 } }),
    );
  const cost = () => metricValue('llm_cost_usd_total', {}, manager);
  await ask(undefined);
  expect([cost(), metricValue('llm_cost_unknown_total', {}, manager)]).toEqual([0, 1]);
  await ask({ flex: 0.5 });
  expect(cost()).toBeCloseTo(0.0015, 10);
  await ask(undefined, { serviceTier: 'default' });
  expect(cost()).toBeCloseTo(0.0045, 10);
  expect(metricValue('llm_cost_unknown_total', {}, manager)).toBe(1);
});

test.each([
  [{ own: 'prices.json' }, '`own` must be an object, got "prices.json".'],
  [{ own: () => 1 }, '`own` must be an object, got a function.'],
  [{ batch: 2 }, '`batch` must be a number from 0 to 1, got 2.'],
  [{ batch: Number.NaN }, '`batch` must be a number from 0 to 1, got NaN.'],
  [{ batch: 'half' }, '`batch` must be a number from 0 to 1, got "half".'],
  [{ serviceTiers: 0.5 }, '`serviceTiers` must be an object, got 0.5.'],
])('options such as %j are rejected', (options, message) => {
  const failure = expect.objectContaining({ code: 'METRICS_OPTION_INVALID', message });
  expect(() => genaiPrices(options as never)).toThrow(failure);
});

test('an own price with a rate that is null is unknown; an entry that is null is not an own price', () => {
  const own = { 'gpt-4o': { prompt: null, completion: 10 }, 'gpt-4': null } as never;
  const ask = (model: string) =>
    genaiPrices({ own })(usage({ prompt: 1e6 }), { provider: 'openai', model });
  expect(ask('gpt-4o')).toBeUndefined();
  expect(ask('gpt-4')).toBeCloseTo(30, 10);
});
