import { convertException } from '@map/errors';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from '../../support/http-server.ts';
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

test.each(sdks)('$name: the page of a proxy is not an answer of the model', async (sdk) => {
  await using page = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!DOCTYPE html><html><body>Log in</body></html>');
  });
  await using web = open({ origin: 'llm', retries: 1 });
  const { signal } = new AbortController();
  const baseURL = `${page.url}${sdk.path}`;
  const options = { apiKey: 'sk-local', baseURL, fetch: web.fetch, maxRetries: 0 } as const;
  for (const mode of ['whole', 'streamed'] as const) {
    const error = await sdk[mode](options, signal).catch((thrown: unknown) => thrown);
    const found = convertException(error, { origin: 'llm' });
    expect([found.code, found.retryable]).toEqual(['LLM_INVALID_RESPONSE_5006', false]);
  }
  const file = await web.fetch(page.url, { headers: { accept: 'application/binary' } });
  expect(await file.text()).toContain('Log in');
  expect(web.pending()).toBe(0);
});

test('the Responses API of OpenAI with a page, over any fetch', async () => {
  const html = { status: 200, headers: { 'content-type': 'text/html' } };
  const fetch = async () => new Response('<html>', html);
  const client = new OpenAI({ apiKey: 'sk-local', maxRetries: 0, fetch });
  const error = await client.responses
    .create({ model: 'm', input: 'x' })
    .catch((thrown: unknown) => thrown);
  expect(convertException(error, { origin: 'llm' }).code).toBe('LLM_INVALID_RESPONSE_5006');
  expect(convertException(error).code).toBe('PROGRAMMING_ERROR_1010');
});
