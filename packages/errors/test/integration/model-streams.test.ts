import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { APICallError, streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { convertException, ErrorCode, type ErrorOrigin } from '../../src/index.ts';
import { type Answer, json, startAnswerServer, text } from '../support/answer-server.ts';
import { caught } from '../support/caught.ts';

const KEY = 'sk-test-KEYNOBODYMAYSEE';
const messages = [{ role: 'user' as const, content: 'PROMPT-NOBODY-MAY-SEE' }];
const events = (...parts: readonly object[]): Answer =>
  text(200, parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''), 'text/event-stream');
const lines = (...parts: readonly object[]): Answer =>
  text(200, parts.map((part) => `${JSON.stringify(part)}\n`).join(''), 'application/x-ndjson');
const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const begun = chunk({ role: 'assistant', content: 'He' });

async function drain(parts: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of parts);
}

type Call = (url: string) => Promise<unknown>;
const openai: Call = (baseURL) =>
  new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 }).chat.completions
    .stream({ model: 'm', messages })
    .finalChatCompletion();
const responses: Call = (baseURL) =>
  new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 }).responses
    .stream({ model: 'm', input: 'x' })
    .finalResponse();
const anthropic: Call = (baseURL) =>
  new Anthropic({ apiKey: KEY, baseURL, maxRetries: 0 }).messages
    .stream({ model: 'm', max_tokens: 9, messages })
    .finalMessage();
const google: Call = async (baseUrl) =>
  drain(
    await new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl } }).models.generateContentStream({
      model: 'm',
      contents: 'x',
    }),
  );
const mistral: Call = async (serverURL) =>
  drain(await new Mistral({ apiKey: KEY, serverURL }).chat.stream({ model: 'm', messages }));
const ollama: Call = async (host) =>
  drain(await new Ollama({ host }).chat({ model: 'm', messages, stream: true }));
const ai: Call = async (baseURL) => {
  let failure: unknown;
  const { fullStream } = streamText({
    model: createOpenAI({ apiKey: KEY, baseURL }).chat('m'),
    messages,
    maxRetries: 0,
    onError: ({ error }) => {
      failure = error;
    },
  });
  await drain(fullStream);
  throw failure;
};

async function codeAfter(
  answer: Answer,
  call: Call,
  origin?: ErrorOrigin,
): Promise<readonly unknown[]> {
  await using server = await startAnswerServer(answer);
  const found = convertException(await caught(() => call(server.url)), { origin });
  return found.retryAfterMs === undefined ? [found.code] : [found.code, found.retryAfterMs];
}

describe('a stream that ended too early is interrupted, also without an origin', () => {
  const start = {
    type: 'message_start',
    message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} },
  };
  const named = text(
    200,
    `event: message_start\ndata: ${JSON.stringify(start)}\n\n`,
    'text/event-stream',
  );
  test.each<[string, Answer, Call]>([
    ['openai, nothing came', events(), openai],
    ['openai, without its end', events(begun), openai],
    ['openai, without a role', events(chunk({ content: 'He' }, 'stop')), openai],
    ['openai, no event of a response', events(), responses],
    ['@anthropic-ai/sdk, nothing came', events(), anthropic],
    ['@anthropic-ai/sdk, without its end', named, anthropic],
  ])('%s', async (_name, answer, call) => {
    expect(await codeAfter(answer, call)).toEqual([ErrorCode.LLM_STREAM_INTERRUPTED]);
  });
});

describe('what a provider says inside a stream', () => {
  const part = { model: 'm', message: { role: 'assistant', content: 'He' }, done: false };
  test.each<[string, string, readonly unknown[]]>([
    ['a limit', 'rate limited, retry in 12s', [ErrorCode.LLM_RATE_LIMITED, 12_000]],
    ['a model', "model 'llama9:8b' not found", [ErrorCode.LLM_MODEL_NOT_FOUND]],
    [
      'a runner',
      'llama runner process has terminated: signal: killed',
      [ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ],
    ['a queue', 'server busy, please try again', [ErrorCode.LLM_PROVIDER_OVERLOADED]],
    ['an end', 'unexpected EOF', [ErrorCode.LLM_STREAM_INTERRUPTED]],
    ['anything else', 'this is new', [ErrorCode.LLM_ERROR]],
  ])('ollama: %s', async (_name, error, expected) => {
    expect(await codeAfter(lines(part, { error }), ollama, 'llm')).toEqual(expected);
  });

  test('@google/genai, also without an origin', async () => {
    const message = 'Resource exhausted. Please retry in 7s.';
    const answer = events({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message } });
    expect(await codeAfter(answer, google)).toEqual([ErrorCode.LLM_RATE_LIMITED, 7000]);
  });

  test.each<[object, readonly unknown[]]>([
    [
      { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' },
      [ErrorCode.LLM_RATE_LIMITED],
    ],
    [
      { code: 'The service is at its limit', error: 'Too many requests, please retry in 3s.' },
      [ErrorCode.LLM_RATE_LIMITED, 3000],
    ],
    [{ code: 'x', error: 'The model is at capacity.' }, [ErrorCode.LLM_PROVIDER_OVERLOADED]],
    [{ unknown: 'part' }, [ErrorCode.LLM_INVALID_RESPONSE]],
  ])('ai, in a form that its schema does not have: %j', async (event, expected) => {
    expect(await codeAfter(events(begun, event), ai)).toEqual(expected);
  });
});

describe('a response of the wrong shape is unusable, not the input of our caller', () => {
  const call: Call = (serverURL) =>
    new Mistral({ apiKey: KEY, serverURL }).chat.complete({ model: 'm', messages });
  test.each([undefined, 'llm', 'agent'] as const)('@mistralai/mistralai, %s', async (origin) => {
    const expected = [ErrorCode.LLM_INVALID_RESPONSE];
    expect(await codeAfter(json(200, { x: 1 }), call, origin)).toEqual(expected);
  });

  test('@mistralai/mistralai, a part of a stream', async () => {
    const expected = [ErrorCode.LLM_INVALID_RESPONSE];
    expect(await codeAfter(events(begun, { x: 1 }), mistral, 'llm')).toEqual(expected);
  });

  test('@mistralai/mistralai, arguments that it does not accept', async () => {
    const wrong = (serverURL: string): Promise<unknown> =>
      new Mistral({ apiKey: KEY, serverURL }).chat.complete({ model: 'm', messages: 5 as never });
    expect(await codeAfter(json(200, {}), wrong, 'llm')).toEqual([ErrorCode.LLM_INVALID_REQUEST]);
  });

  test('openai, an object that does not fit its schema', async () => {
    const message = { role: 'assistant', content: '{"a":"NOBODYMAYSEE"}' };
    const body = { ...chunk({}), choices: [{ index: 0, message, finish_reason: 'stop' }] };
    const parse: Call = (baseURL) =>
      new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 }).chat.completions.parse({
        model: 'm',
        messages,
        response_format: zodResponseFormat(z.object({ a: z.number() }), 'answer'),
      });
    expect(await codeAfter(json(200, body), parse, 'llm')).toEqual([
      ErrorCode.LLM_INVALID_RESPONSE,
    ]);
  });
});

test('ai: what the schema of a provider drops of the body is read from the response', () => {
  const refused = (code: string, statusCode: number): string => {
    const error = { message: 'The provider says so.', type: 'x' };
    return convertException(
      new APICallError({
        message: error.message,
        url: 'https://api.example/v1',
        requestBodyValues: {},
        statusCode,
        data: { error },
        responseBody: JSON.stringify({ error: { ...error, code } }),
      }),
    ).code;
  };
  expect(refused('capacity_exceeded', 498)).toBe(ErrorCode.LLM_PROVIDER_OVERLOADED);
  expect(refused('tool_use_failed', 400)).toBe(ErrorCode.LLM_TOOL_CALL_INVALID);
  expect(refused('context_length_exceeded', 400)).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
});

test.each([
  'No such File object: file-1',
  "Vector store with id 'vs_1' not found.",
  "No assistant found with id 'asst_1'.",
  'Message batch with id msgbatch_1 not found',
  'CachedContent not found (or permission denied)',
])('a missing object is not a missing model: %s', async (message) => {
  const call: Call = (baseURL) =>
    new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 }).files.retrieve('file-1');
  expect(await codeAfter(json(404, { error: { message } }), call)).toEqual([
    ErrorCode.LLM_INVALID_REQUEST,
  ]);
});

test('a response of OpenAI that its limit ended, thrown as it is', () => {
  const ended = (reason: string): string =>
    convertException(
      { object: 'response', status: 'incomplete', error: null, incomplete_details: { reason } },
      { origin: 'llm' },
    ).code;
  expect(ended('max_output_tokens')).toBe(ErrorCode.LLM_OUTPUT_TRUNCATED);
  expect(ended('content_filter')).toBe(ErrorCode.LLM_CONTENT_FILTERED);
});
