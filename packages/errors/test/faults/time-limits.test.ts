import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import { freePort } from '@map-tooling/testing';
import { Mistral } from '@mistralai/mistralai';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertException, ErrorCode } from '../../src/index.ts';
import {
  type Answer,
  type AnswerServer,
  brokenStream,
  json,
  reset,
  silence,
  startAnswerServer,
} from '../support/answer-server.ts';
import { caught } from '../support/caught.ts';

const PROMPT = 'PROMPT-NOBODY-MAY-SEE';
const apiKey = 'k-test';
const messages = [{ role: 'user' as const, content: PROMPT }];

let answer: Answer = silence;
let server: AnswerServer;
beforeAll(async () => {
  server = await startAnswerServer((response) => answer(response));
});
afterAll(() => server[Symbol.asyncDispose]());

interface Sdk {
  readonly name: string;
  /** Whether its error alone tells its own limit from an abort of the caller. */
  readonly tells: boolean;
  /** Whether a signal replaces its limit. */
  readonly limitOrSignal?: true;
  call(url: string, signal: AbortSignal | undefined, limitMs: number): Promise<unknown>;
}

const options = (limitMs: number, abortSignal?: AbortSignal) => ({
  timeoutInSeconds: limitMs / 1000,
  maxRetries: 0,
  ...(abortSignal && { abortSignal }),
});

const SDKS: readonly Sdk[] = [
  {
    name: '@google/genai',
    tells: false,
    call: (baseUrl, abortSignal, timeout) =>
      new GoogleGenAI({ apiKey, httpOptions: { baseUrl, timeout } }).models.generateContent({
        model: 'm',
        contents: PROMPT,
        config: abortSignal ? { abortSignal } : {},
      }),
  },
  {
    name: '@google/generative-ai',
    tells: false,
    call: (baseUrl, signal, timeout) =>
      new GoogleGenerativeAI(apiKey)
        .getGenerativeModel({ model: 'm' }, { baseUrl, timeout })
        .generateContent(PROMPT, signal && { signal }),
  },
  {
    name: 'cohere-ai, the first client',
    tells: true,
    call: (environment, abortSignal, limitMs) =>
      new CohereClient({ token: apiKey, environment }).chat(
        { message: PROMPT },
        options(limitMs, abortSignal),
      ),
  },
  {
    name: 'cohere-ai',
    tells: true,
    call: (environment, abortSignal, limitMs) =>
      new CohereClientV2({ token: apiKey, environment }).chat(
        { model: 'm', messages },
        options(limitMs, abortSignal),
      ),
  },
  {
    name: '@mistralai/mistralai',
    tells: true,
    limitOrSignal: true,
    call: (serverURL, signal, timeoutMs) =>
      new Mistral({ apiKey, serverURL, timeoutMs }).chat.complete(
        { model: 'm', messages },
        { retries: { strategy: 'none' }, ...(signal && { fetchOptions: { signal } }) },
      ),
  },
];

describe.each(SDKS)('$name', (sdk) => {
  test('its own limit is a timeout, by its error or by a signal that is not aborted', async () => {
    answer = silence;
    const { signal } = new AbortController();
    const given = sdk.limitOrSignal === true ? undefined : signal;
    const late = await caught(() => sdk.call(server.url, given, 50));
    const found = convertException(late, { origin: 'llm', signal });
    expect([found.code, found.retryable]).toEqual([ErrorCode.LLM_TIMEOUT, true]);
    expect(convertException(late, { origin: 'llm' }).code).toBe(
      sdk.tells ? ErrorCode.LLM_TIMEOUT : ErrorCode.OPERATION_CANCELLED,
    );
    expect(JSON.stringify(found)).not.toContain(PROMPT);
  });

  test('an abort of the caller is a cancellation, with and without its signal', async () => {
    answer = silence;
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(), 50);
    const raw = await caught(() => sdk.call(server.url, signal, 60_000));
    for (const options of [{ signal }, {}]) {
      const found = convertException(raw, { origin: 'llm', ...options });
      expect([found.code, found.retryable]).toEqual([ErrorCode.OPERATION_CANCELLED, false]);
    }
  });

  test('a deadline of the caller is a timeout', async () => {
    answer = silence;
    const signal = AbortSignal.timeout(50);
    const raw = await caught(() => sdk.call(server.url, signal, 60_000));
    expect(convertException(raw, { origin: 'llm', signal }).code).toBe(ErrorCode.LLM_TIMEOUT);
  });
});

const model = (baseUrl: string) =>
  new GoogleGenerativeAI(apiKey).getGenerativeModel({ model: 'm' }, { baseUrl });

test('@google/generative-ai: a wait, a key, and no server', async () => {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' },
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' },
  ];
  answer = json(429, { error: { code: 429, message: 'Resource exhausted.', details } });
  const limited = convertException(await caught(() => model(server.url).generateContent(PROMPT)));
  expect(limited).toMatchObject({
    code: ErrorCode.LLM_RATE_LIMITED,
    message: '429 Resource exhausted.',
    retryAfterMs: 7000,
    details: { status_code: 429, provider_code: 'RATE_LIMIT_EXCEEDED' },
  });
  answer = json(400, { error: { code: 400, message: 'API key not valid.' } });
  const refused = convertException(await caught(() => model(server.url).generateContent(PROMPT)));
  expect(refused.code).toBe(ErrorCode.LLM_PROVIDER_AUTH_FAILED);
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const away = convertException(await caught(() => model(nobody).generateContent(PROMPT)));
  expect([away.code, away.retryable]).toEqual([ErrorCode.CONNECTION_ERROR, true]);
  answer = reset;
  const lost = convertException(await caught(() => model(server.url).generateContent(PROMPT)));
  expect(lost.code).toBe(ErrorCode.CONNECTION_ERROR);
});

test('@google/generative-ai: an answer that was blocked, and a stream that breaks off', async () => {
  answer = json(200, { candidates: [{ index: 0, finishReason: 'SAFETY' }] });
  const { response } = await model(server.url).generateContent(PROMPT);
  const blocked = convertException(await caught(() => response.text()));
  expect(blocked.code).toBe(ErrorCode.LLM_CONTENT_FILTERED);
  answer = brokenStream('data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}');
  const result = await model(server.url).generateContentStream(PROMPT);
  // The SDK rejects this promise, too.
  result.response.catch(() => {});
  const broken = await caught(async () => {
    for await (const chunk of result.stream) chunk.text();
  });
  expect(convertException(broken).code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
});

test.each([
  [400, 'too many tokens: the prompt has 9000', ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED],
  [401, 'invalid api token', ErrorCode.LLM_PROVIDER_AUTH_FAILED],
  [404, "model 'm' not found", ErrorCode.LLM_MODEL_NOT_FOUND],
  [422, 'unprocessable', ErrorCode.LLM_INVALID_REQUEST],
  [498, 'a deny-listed token', ErrorCode.LLM_CONTENT_FILTERED],
  [499, 'request cancelled', ErrorCode.OPERATION_CANCELLED],
  [503, 'unavailable', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
])('cohere-ai: a response with status %i', async (status, message, code) => {
  answer = json(status, { message });
  const client = new CohereClientV2({ token: apiKey, environment: server.url });
  const raw = await caught(() => client.chat({ model: 'm', messages }, { maxRetries: 0 }));
  // The package is known by the class that its errors extend.
  for (const origin of ['llm', undefined] as const) {
    expect(convertException(raw, { origin }).code).toBe(code);
  }
});

test('an error that only its name calls a timeout', () => {
  class QueryTimeoutError extends Error {
    override name = 'QueryTimeoutError';
  }
  const raw = new QueryTimeoutError('Too slow.');
  expect(convertException(raw).code).toBe(ErrorCode.OPERATION_TIMEOUT);
  expect(convertException(raw, { origin: 'tool' }).code).toBe(ErrorCode.TOOL_TIMEOUT);
  const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  const refused = new QueryTimeoutError('Too slow.', { cause });
  expect(convertException(refused).code).toBe(ErrorCode.CONNECTION_REFUSED);
});
