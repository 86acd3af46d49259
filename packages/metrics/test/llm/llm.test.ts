import { Readable } from 'node:stream';
import { hostileValues } from '@map-tooling/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { type LlmUsage, observeLlm, readUsage } from '../../src/llm/llm.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});
const call = () => ({ provider: 'p', model: 'm', manager });
const value = (name: string, labels = {}) => metricValue(name, labels, manager);

describe('readUsage', () => {
  const usage = (part: Partial<LlmUsage>) => ({
    prompt: 0,
    completion: 0,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    ...part,
  });

  test.each([
    ['nothing', undefined, undefined],
    ['another object', { words: 3 }, undefined],
    ['text', 'prompt_tokens', undefined],
    ['wrong numbers', { prompt_tokens: -1, completion_tokens: Number.NaN }, undefined],
    ['embeddings of the AI SDK', { tokens: 8 }, usage({ prompt: 8 })],
    ['embeddings of OpenAI', { prompt_tokens: 8, total_tokens: 8 }, usage({ prompt: 8 })],
    [
      'the AI SDK before version 6',
      { inputTokens: 10, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 1 },
      usage({ prompt: 10, completion: 2, cacheRead: 4, reasoning: 1 }),
    ],
    [
      'Anthropic, whose cached tokens are beside the input',
      {
        input_tokens: 10,
        output_tokens: 2,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: null,
      },
      usage({ prompt: 14, completion: 2, cacheRead: 4 }),
    ],
  ])('of %s', (_name, given, expected) => {
    expect(readUsage(given)).toEqual(expected);
  });
});

describe('observeLlm', () => {
  test('returns the same value, and ignores what it cannot read', () => {
    for (const { name, value: result } of hostileValues()) {
      const kept: unknown = observeLlm(call(), () => result);
      expect([name, Object.is(kept, result)]).toEqual([name, true]);
    }
  });

  test('a synchronous failure and a rejection pass through', async () => {
    const error = new Error('no');
    expect(() =>
      observeLlm(call(), () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(observeLlm(call(), async () => Promise.reject(error))).rejects.toBe(error);
    expect(value('llm_requests_total', { status: 'error' })).toBe(2);
    expect(value('llm_requests_in_flight')).toBe(0);
  });

  test('a stream is read at the receiver’s pace and closed when it is left', async () => {
    const log: string[] = [];
    async function* source() {
      try {
        for (const text of ['a', 'b', 'c']) {
          log.push(text);
          yield { type: 'text-delta', text };
        }
      } finally {
        log.push('closed');
      }
    }
    const stream = observeLlm(call(), source);
    expect(log).toEqual([]);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    expect(log).toEqual(['a']);
    await iterator.return?.(undefined);
    expect(log).toEqual(['a', 'closed']);
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    expect(value('llm_time_to_first_token_seconds')).toBe(1);
  });

  test('a web stream is read at the receiver’s pace', async () => {
    let pulled = 0;
    const source = () =>
      new ReadableStream<string>(
        {
          pull: (controller) => {
            if (pulled++ === 3) controller.close();
            else controller.enqueue('x');
          },
        },
        { highWaterMark: 0 },
      );
    const stream = observeLlm(call(), source);
    await Promise.resolve();
    expect(pulled).toBe(0);
    let text = '';
    for await (const piece of stream) text += piece;
    expect(text).toBe('xxx');
    expect(value('llm_requests_total', { status: 'success' })).toBe(1);
  });

  test('a stream of Node is followed to its end, or to its destruction', async () => {
    const whole = observeLlm(call(), () => Readable.from(['a', 'b']));
    let text = '';
    for await (const piece of whole) text += piece;
    expect(text).toBe('ab');
    await expect.poll(() => value('llm_requests_total', { status: 'success' })).toBe(1);
    observeLlm(call(), () => Readable.from(['a', 'b'])).destroy();
    await expect.poll(() => value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);
  });

  test('a stream that fails in the middle counts as failed', async () => {
    async function* source() {
      yield 'a';
      throw new RangeError('broken');
    }
    const read = async () => {
      for await (const _piece of observeLlm(call(), source));
    };
    await expect(read()).rejects.toThrow('broken');
    expect(value('llm_errors_total', { error_type: 'RangeError' })).toBe(1);
  });

  test('an abort is not an error', async () => {
    const abort = async () => Promise.reject(new DOMException('stop', 'AbortError'));
    await expect(observeLlm(call(), abort)).rejects.toThrow('stop');
    const controller = new AbortController();
    const { signal } = controller;
    const wait = () =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const left = observeLlm({ ...call(), signal }, wait);
    controller.abort(new RangeError('the user has left'));
    await expect(left).rejects.toThrow('the user has left');
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(2);
    expect(value('llm_errors_total')).toBe(0);
  });

  test("an abort without the call's own signal is the time limit of the SDK", async () => {
    const { signal } = new AbortController();
    const limit = async () => Promise.reject(new DOMException('stop', 'AbortError'));
    await expect(observeLlm({ ...call(), signal }, limit)).rejects.toThrow('stop');
    expect(value('llm_errors_total', { error_type: 'timeout' })).toBe(1);
    class APIUserAbortError extends Error {}
    const user = async () => Promise.reject(new APIUserAbortError('Request was aborted.'));
    await expect(observeLlm({ ...call(), signal }, user)).rejects.toThrow('aborted');
    observeLlm({ ...call(), signal }, () => Readable.from(['a', 'b'])).destroy();
    async function* source() {
      yield 'a';
      yield 'b';
    }
    for await (const _piece of observeLlm({ ...call(), signal }, source)) break;
    await expect.poll(() => value('llm_requests_total', { status: 'cancelled' })).toBe(3);
    expect(value('llm_errors_total')).toBe(1);
  });

  test('a price for provider/model goes before one for the model', () => {
    const prices = { m: { prompt: 1, completion: 1 }, 'p/m': { prompt: 2e6, completion: 3e6 } };
    observeLlm({ ...call(), prices }, () => ({
      usage: { prompt_tokens: 2, completion_tokens: 3 },
    }));
    expect(value('llm_cost_usd_total', { provider: 'p', model: 'm' })).toBeCloseTo(13, 6);
  });

  test.each([
    ['a table that is null', null, 0],
    ['an entry that is null', { m: null }, 1],
    ['an entry without a price of the prompt', { m: { completion: 1 } }, 1],
    ['an entry without a price of the completion', { m: { prompt: 1 } }, 1],
    ['a price that is not a number', { m: { prompt: 'much', completion: 1 } }, 1],
    ['a price below zero', { m: { prompt: -1, completion: -1 } }, 1],
  ])('%s gives no cost and fails no stream', async (_, prices, unknown) => {
    manager.configure({ strict: false });
    async function* source() {
      yield { choices: [{ delta: { content: 'a' } }] };
      yield { choices: [], usage: { prompt_tokens: 2, completion_tokens: 3 } };
    }
    let pieces = 0;
    for await (const _piece of observeLlm({ ...call(), prices: prices as never }, source)) pieces++;
    expect(pieces).toBe(2);
    expect(value('llm_cost_usd_total')).toBe(0);
    expect(value('llm_cost_unknown_total', { model: 'm' })).toBe(unknown);
    expect(value('llm_time_per_output_token_seconds')).toBe(1);
  });

  test('with collection off the call is made as it is', async () => {
    manager.configure({ enabled: false });
    const promise = Promise.resolve(1);
    expect(observeLlm(call(), () => promise)).toBe(promise);
    expect(snapshotMetrics(manager)).toEqual([]);
  });
});
