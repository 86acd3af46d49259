import { describe, expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { type LlmCall, type LlmPrice, type LlmUsage, observeLlm } from '../../src/llm/llm.ts';
import { costOf } from '../../src/llm/usage/price.ts';
import { metricValue } from '../../src/testing.ts';

const usage = (part: Partial<LlmUsage>): LlmUsage => ({
  prompt: 0,
  completion: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  ...part,
});
const cost = (price: LlmPrice, part: Partial<LlmUsage>, batch?: boolean) =>
  costOf(usage(part), { provider: 'p', model: 'm', prices: { m: price }, batch });

const SONNET: LlmPrice = {
  prompt: 3,
  completion: 15,
  cacheRead: 0.3,
  cacheWrite: 3.75,
  cacheWriteHour: 6,
  tiers: [{ above: 200_000, prompt: 6, completion: 22.5, cacheRead: 0.6, cacheWrite: 7.5 }],
};

describe('costOf', () => {
  test('bills fresh, read, written and hour-long tokens at their rates', () => {
    const tokens = { prompt: 1_000, cacheRead: 400, cacheWrite: 300, cacheWriteHour: 200 };
    // 300 fresh, 400 read, 100 written, 200 written for an hour, 10 completion.
    const expected = (300 * 3 + 400 * 0.3 + 100 * 3.75 + 200 * 6 + 10 * 15) / 1e6;
    expect(cost(SONNET, { ...tokens, completion: 10 })).toBeCloseTo(expected, 12);
  });

  test.each([
    [200_000, (200_000 * 3 + 10 * 15) / 1e6],
    [200_001, (200_001 * 6 + 10 * 22.5) / 1e6],
  ])('a prompt of %i tokens is billed by its tier', (prompt, expected) => {
    expect(cost(SONNET, { prompt, completion: 10 })).toBeCloseTo(expected, 12);
  });

  test('cached tokens keep their ratio to the prompt in a tier that does not list them', () => {
    const price = { ...SONNET, tiers: [{ above: 200_000, prompt: 6, completion: 22.5 }] };
    const tokens = {
      prompt: 300_000,
      cacheRead: 200_000,
      cacheWrite: 50_000,
      cacheWriteHour: 20_000,
    };
    const expected = (50_000 * 6 + 200_000 * 0.6 + 30_000 * 7.5 + 20_000 * 12) / 1e6;
    expect(cost(price, tokens)).toBeCloseTo(expected, 12);
  });

  test('a tier costs its factor; without one its cost is unknown', () => {
    const price = { ...SONNET, serviceTiers: { flex: 0.5, priority: 2 } };
    expect(cost(price, { prompt: 1_000 })).toBeCloseTo(0.003, 12);
    expect(cost(price, { prompt: 1_000, serviceTier: 'flex' })).toBeCloseTo(0.0015, 12);
    expect(cost(price, { prompt: 1_000, serviceTier: 'priority' })).toBeCloseTo(0.006, 12);
    expect(cost(price, { prompt: 1_000, serviceTier: 'flex', batch: true })).toBeCloseTo(
      0.00075,
      12,
    );
    expect(cost(price, { prompt: 1_000, serviceTier: 'constructor' })).toBeUndefined();
    expect(cost(SONNET, { prompt: 1_000, serviceTier: 'flex' })).toBeUndefined();
    expect(cost(SONNET, { prompt: 1_000, serviceTier: 'flex', costUsd: 7 })).toBe(7);
  });

  test('a region and a fast mode multiply; each needs its factor', () => {
    const price = { ...SONNET, serviceTiers: { fast: 6, us: 1.1 } };
    const part = { prompt: 1_000, serviceTier: 'fast+us' };
    expect(cost(price, part)).toBeCloseTo(0.0198, 12);
    expect(cost({ ...SONNET, serviceTiers: { fast: 6 } }, part)).toBeUndefined();
  });

  test.each([
    [null, 15],
    ['3', 15],
    [-3, 15],
    [Number.NaN, 15],
    [3, null],
    [3, undefined],
  ])('rates of %s and %s are not a price: no part of the cost is free', (prompt, completion) => {
    const price = { prompt, completion } as unknown as LlmPrice;
    expect(cost(price, { prompt: 1_000, completion: 10_000 })).toBeUndefined();
  });

  test('a rate of cached tokens that is null is that of the prompt; one that is negative has no cost', () => {
    const price = { ...SONNET, cacheRead: null, tiers: null } as unknown as LlmPrice;
    expect(cost(price, { prompt: 1_000, cacheRead: 1_000 })).toBeCloseTo(0.003, 12);
    expect(cost({ ...SONNET, cacheRead: -1 }, { prompt: 1_000 })).toBeUndefined();
  });

  test('a batch costs half, or its factor, whether the call or the response tells', () => {
    expect(cost(SONNET, { prompt: 1_000 }, true)).toBeCloseTo(0.0015, 12);
    expect(cost(SONNET, { prompt: 1_000, batch: true })).toBeCloseTo(0.0015, 12);
    expect(cost({ ...SONNET, batch: 0.4 }, { prompt: 1_000 }, true)).toBeCloseTo(0.0012, 12);
    expect(cost(SONNET, { prompt: 1_000, batch: true }, false)).toBeCloseTo(0.003, 12);
  });

  test('a price may be a function, for a model or for all', () => {
    const price = ({ prompt }: LlmUsage, { model }: { model: string }) =>
      model === 'm' ? prompt * 2 : undefined;
    const call = { provider: 'p', model: 'm' };
    expect(costOf(usage({ prompt: 4 }), { ...call, prices: { m: price } })).toBe(8);
    expect(costOf(usage({ prompt: 4 }), { ...call, prices: price })).toBe(8);
    expect(
      costOf(usage({ prompt: 4 }), { ...call, model: 'other', prices: price }),
    ).toBeUndefined();
  });

  test('without a price the cost is as the provider states it', () => {
    const call = { provider: 'openrouter', model: 'unknown', prices: { m: SONNET } };
    expect(costOf(usage({ prompt: 10, costUsd: 0.25 }), call)).toBe(0.25);
    expect(costOf(usage({ prompt: 10 }), call)).toBeUndefined();
  });
});

describe('the cost of a call', () => {
  const response = { usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } };
  const call = (manager: MetricsManager, part: Partial<LlmCall> = {}): LlmCall => ({
    provider: 'p',
    model: 'm',
    prices: { m: { prompt: 3, completion: 15 } },
    manager,
    ...part,
  });
  const costOfAgent = (manager: MetricsManager, attribution: string) =>
    metricValue('llm_cost_usd_total', { attribution }, manager);

  test('is attributed by the call, or by the manager', async () => {
    let agent: string | undefined = 'planner';
    const manager = new MetricsManager({ strict: true, attribution: () => agent });
    await observeLlm(call(manager), async () => response);
    const slow = observeLlm(call(manager), async () => response);
    agent = undefined;
    await slow;
    await observeLlm(call(manager, { attribution: 'tenant-a' }), async () => response);
    await observeLlm(call(manager), async () => response);
    expect(['planner', 'tenant-a', ''].map((name) => costOfAgent(manager, name))).toEqual([
      6, 3, 3,
    ]);
  });

  test('an advisor and a fallback of Claude are billed and counted as their own models', async () => {
    const manager = new MetricsManager({ strict: true });
    const iteration = (type: string, model: string, input_tokens: number) => ({
      ...{ type, model, input_tokens },
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    });
    const iterations = [
      iteration('message', 'm-20260301', 1_000),
      iteration('advisor_message', 'wise', 2_000),
      iteration('fallback_message', 'unpriced', 500),
    ];
    const prices = { m: { prompt: 3, completion: 15 }, wise: { prompt: 5, completion: 25 } };
    await observeLlm(call(manager, { prices }), async () => ({
      usage: { input_tokens: 1_000, output_tokens: 0, iterations },
    }));
    const values = (name: string) =>
      ['m', 'wise', 'unpriced'].map((model) => metricValue(name, { model }, manager));
    expect(values('llm_tokens_total')).toEqual([1_000, 2_000, 500]);
    expect(values('llm_cost_usd_total')).toEqual([0.003, 0.01, 0]);
    expect(values('llm_cost_unknown_total')).toEqual([0, 0, 1]);
    expect(values('llm_requests_total')).toEqual([1, 0, 0]);
  });

  test.each([
    ['us', { us: 1.1 }, [3.3, 0]],
    ['us', undefined, [0, 1]],
    ['global', undefined, [3, 0]],
    ['not_available', undefined, [3, 0]],
  ])(
    'inference of Claude in %s with the factors %j costs as it should',
    async (inference_geo, serviceTiers, expected) => {
      const manager = new MetricsManager({ strict: true });
      const prices = { m: { prompt: 3, completion: 15, serviceTiers } };
      await observeLlm(call(manager, { prices }), async () => ({
        usage: {
          input_tokens: 1_000_000,
          output_tokens: 0,
          inference_geo,
          service_tier: 'standard',
        },
      }));
      const names = ['llm_cost_usd_total', 'llm_cost_unknown_total'];
      const values = names.map((name) => metricValue(name, {}, manager));
      expect(values).toEqual(expected.map((value) => expect.closeTo(value, 10)));
    },
  );

  test('a price or an attribution that fails does not fail the call', async () => {
    const fails = () => {
      throw new Error('no');
    };
    const manager = new MetricsManager({ strict: true, attribution: fails });
    const given = await observeLlm(call(manager, { prices: fails }), async () => response);
    expect(given).toBe(response);
    expect(metricValue('llm_requests_total', { status: 'success' }, manager)).toBe(1);
    expect(metricValue('llm_cost_usd_total', {}, manager)).toBe(0);
  });
});
