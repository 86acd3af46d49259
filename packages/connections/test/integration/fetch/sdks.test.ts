import { convertException } from '@map/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelProvider, startModelProvider, text } from '../../support/model-provider.ts';
import { sdks } from '../../support/sdks.ts';
import { open } from './support/open.ts';

let provider: ModelProvider;

beforeAll(async () => {
  provider = await startModelProvider();
});
afterAll(() => provider[Symbol.asyncDispose]());

test.each(sdks)('$name: an answer after a refusal, and a stream that stalls', async (sdk) => {
  await using web = open({ origin: 'llm', retries: 2, idleTimeoutMs: 300 });
  const { signal } = new AbortController();
  const ask = (mode: 'whole' | 'streamed', fault: string): Promise<string> => {
    const baseURL = `${provider.url}/${sdk.name.replace('/', '-')}-${mode}/${fault}${sdk.path}`;
    return sdk[mode]({ apiKey: 'sk-local', baseURL, fetch: web.fetch, maxRetries: 0 }, signal);
  };
  expect(await ask('whole', 'once-529')).toBe(text);
  expect(await ask('streamed', 'once-429;retry-after-ms=5')).toBe(text);
  expect(web.retries).toHaveLength(2);
  const error = await ask('streamed', 'stall-between').catch((thrown) => thrown);
  expect(convertException(error, { origin: 'llm' }).code).toBe('LLM_STREAM_INTERRUPTED_5008');
  expect(web.pending()).toBe(0);
});
