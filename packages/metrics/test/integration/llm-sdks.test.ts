import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { observeLlm } from '../../src/llm/llm.ts';
import { snapshotMetrics } from '../../src/testing.ts';
import { drain, LlmHarness, messages } from './llm-harness.ts';
import { completion, HANGS, textStream, toolStream, usage } from './llm-replay.ts';

const llm = new LlmHarness();
const { value, errorTypes, model, openai } = llm;
const call = () => ({ provider: 'p', model: 'm', manager: llm.manager });

describe('ai', () => {
  test('a time limit of the SDK is an error', async () => {
    llm.replay.replies = [HANGS];
    const options = { model: model(), messages, timeout: 100, maxRetries: 0 };
    const result = observeLlm(call(), () => streamText({ ...options, onError: () => undefined }));
    await drain(result.fullStream);
    await expect.poll(() => value('llm_requests_total')).toBe(1);
    await observeLlm(call(), () => generateText(options)).catch(() => undefined);
    expect(value('llm_requests_total', { status: 'error' })).toBe(2);
    expect(errorTypes()).toEqual(['timeout']);
    const abortSignal = AbortSignal.abort();
    await observeLlm(call(), () => generateText({ ...options, abortSignal })).catch(
      () => undefined,
    );
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
  });

  test.each([401, 429, 500])('status %i is distinguished', async (status) => {
    llm.replay.replies = [{ status, body: { error: { message: 'no', type: 'x' } } }];
    const failing = observeLlm(call(), () =>
      generateObject({ model: model(), prompt: 'p', schema: z.object({}), maxRetries: 0 }),
    );
    await expect(failing).rejects.toThrow();
    expect(errorTypes()).toEqual([`http_${status}`]);
  });

  test('time between the steps of a run is not time per token', async () => {
    llm.replay.replies = [toolStream(usage(10, 3)), textStream('abcde', usage(10, 6))];
    const slow = tool({
      inputSchema: z.object({}),
      execute: () => new Promise((resolve) => setTimeout(resolve, 300, 'noon')),
    });
    const result = observeLlm(call(), () =>
      streamText({ model: model(), messages, tools: { clock: slow }, stopWhen: stepCountIs(2) }),
    );
    await drain(result.fullStream);
    const pace = snapshotMetrics(llm.manager).find(({ name }) => name.includes('per_output_token'));
    // 300 ms between the steps would be 40 ms for each of seven tokens.
    expect(pace?.sum).toBeLessThan(0.04);
  });
});

describe('openai', () => {
  test('an error body with status 200 is an error', async () => {
    llm.replay.replies = [{ error: { message: 'overloaded', code: 502 } }];
    await observeLlm(call(), () => openai().chat.completions.create({ model: 'm', messages }));
    expect(value('llm_requests_total', { status: 'error' })).toBe(1);
    expect(errorTypes()).toEqual(['http_502']);
  });

  test('a deadline is an error, an abort by the caller is not', async () => {
    llm.replay.replies = [completion({ content: 'x' })];
    const abort = async (signal: AbortSignal) => {
      const create = () => openai().chat.completions.create({ model: 'm', messages }, { signal });
      await observeLlm({ ...call(), signal }, create).catch(() => undefined);
    };
    await abort(AbortSignal.abort());
    expect(value('llm_requests_total', { status: 'cancelled' })).toBe(1);
    const deadline = new DOMException('The operation timed out.', 'TimeoutError');
    await abort(AbortSignal.abort(deadline));
    await abort(AbortSignal.abort(Object.assign(new Error('late'), { code: 'TASK_TIMEOUT_7004' })));
    expect(value('llm_requests_total', { status: 'error' })).toBe(2);
    expect(errorTypes().sort()).toEqual(['TASK_TIMEOUT_7004', 'timeout']);
  });

  test('the application can name errors', async () => {
    llm.manager.configure({ errorType: () => 'LLM_RATE_LIMITED_5001' });
    llm.replay.replies = [{ status: 429, body: { error: { message: 'slow down' } } }];
    const create = () => openai().chat.completions.create({ model: 'm', messages });
    await observeLlm(call(), create).catch(() => undefined);
    expect(errorTypes()).toEqual(['LLM_RATE_LIMITED_5001']);
  });

  test('reasoning that is not streamed does not make tokens faster', async () => {
    const tokens = {
      ...usage(10, 1_005),
      completion_tokens_details: { reasoning_tokens: 1_000 },
    };
    const chunks = textStream('abcde', tokens);
    async function* slowly() {
      for (const one of chunks) {
        yield one;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    await drain(observeLlm(call(), slowly));
    const pace = snapshotMetrics(llm.manager).find(({ name }) => name.includes('per_output_token'));
    expect(pace?.sum).toBeGreaterThan(0.005);
  });

  test('a response that cannot be read is counted, and `usage` can read it', async () => {
    const response = { text: 'x', meter: { in: 4, out: 2 } };
    await observeLlm(call(), async () => response);
    expect(value('llm_requests_without_usage_total', { provider: 'p', model: 'm' })).toBe(1);
    const read = (given: unknown) => {
      const { meter } = given as typeof response;
      return { prompt: meter.in, completion: meter.out };
    };
    await observeLlm({ ...call(), usage: read }, async () => response);
    expect(value('llm_tokens_total', { type: 'prompt' })).toBe(4);
    expect(value('llm_requests_without_usage_total')).toBe(1);
  });
});

describe('a page of a list is a whole response', () => {
  const first = { object: 'list', data: [{ id: 'a' }], has_more: true, last_id: 'a' };
  const last = { object: 'list', data: [{ id: 'b' }], has_more: false };

  async function idsOf(list: AsyncIterable<{ id: string }>): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of list) ids.push(id);
    return ids;
  }

  test.each<[string, () => Promise<string[]>]>([
    ['iterated at once', () => idsOf(observeLlm(call(), () => openai().batches.list()))],
    ['awaited', async () => idsOf(await observeLlm(call(), () => openai().batches.list()))],
    [
      'of Anthropic',
      () => idsOf(observeLlm(call(), () => llm.anthropic().messages.batches.list())),
    ],
    [
      'with its response',
      async () =>
        idsOf((await observeLlm(call(), () => openai().batches.list()).withResponse()).data),
    ],
  ])('%s', async (_, list) => {
    llm.replay.replies = [first, last];
    expect(await list()).toEqual(['a', 'b']);
    expect(value('llm_requests_total', { status: 'success' })).toBe(1);
    expect(value('llm_requests_in_flight')).toBe(0);
  });

  test('awaited and not read further', async () => {
    llm.replay.replies = [first, last];
    await observeLlm(call(), () => openai().batches.list());
    expect(value('llm_requests_in_flight')).toBe(0);
  });
});
