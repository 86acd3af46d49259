import { inspect } from 'node:util';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { freePort } from '@map-tooling/testing';
import { generateText, jsonSchema, type LanguageModel, Output, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { convertException, ErrorCode, isRetryable } from '../../src/index.ts';
import {
  type Answer,
  brokenStream,
  cutJson,
  json,
  reset,
  silence,
  startAnswerServer,
  stream,
  text,
} from '../support/answer-server.ts';
import { caught } from '../support/caught.ts';

const PROMPT = 'PROMPT-NOBODY-MAY-SEE';
const KEY = 'sk-test-KEYNOBODYMAYSEE';
const error = (fields: object): object => ({
  error: { message: 'The provider says so.', ...fields },
});
const anthropicError = (type: string, message = 'The provider says so.'): object => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_body',
});
const chunk = `data: ${JSON.stringify({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'He' }, finish_reason: null }],
})}`;
const completion = (message: object, finish: string): object => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

// Status and body of each rule, in the words of the two providers.
const STATUS_RULES: readonly (readonly [ErrorCode, number, string])[] = [
  [ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED, 400, 'context_length_exceeded'],
  [ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED, 413, 'request_too_large'],
  [ErrorCode.LLM_CONTENT_FILTERED, 400, 'content_filter'],
  [ErrorCode.LLM_CONTENT_FILTERED, 400, 'invalid_prompt'],
  [ErrorCode.LLM_QUOTA_EXCEEDED, 429, 'insufficient_quota'],
  [ErrorCode.LLM_QUOTA_EXCEEDED, 402, 'billing_error'],
  [ErrorCode.LLM_MODEL_NOT_FOUND, 404, 'model_not_found'],
  [ErrorCode.LLM_PROVIDER_OVERLOADED, 529, 'overloaded_error'],
  [ErrorCode.LLM_PROVIDER_AUTH_FAILED, 401, 'invalid_api_key'],
  [ErrorCode.LLM_PROVIDER_AUTH_FAILED, 403, 'permission_error'],
  [ErrorCode.LLM_RATE_LIMITED, 429, 'rate_limit_error'],
  [ErrorCode.LLM_TIMEOUT, 408, 'timeout_error'],
  [ErrorCode.LLM_TIMEOUT, 504, 'timeout_error'],
  [ErrorCode.LLM_PROVIDER_UNAVAILABLE, 409, 'conflict'],
  [ErrorCode.LLM_PROVIDER_UNAVAILABLE, 500, 'server_error'],
  [ErrorCode.LLM_PROVIDER_UNAVAILABLE, 503, 'unavailable'],
  [ErrorCode.LLM_INVALID_REQUEST, 422, 'invalid_value'],
];

interface Client {
  readonly name: string;
  body(word: string): object;
  call(url: string, signal?: AbortSignal): Promise<unknown>;
  stream(url: string): Promise<unknown>;
}

async function drain(parts: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of parts);
}

const openai = (url: string): OpenAI =>
  new OpenAI({ apiKey: KEY, baseURL: url, maxRetries: 0, timeout: 2000 });
const anthropic = (url: string): Anthropic =>
  new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0, timeout: 2000 });
const messages = [{ role: 'user' as const, content: PROMPT }];

async function streamAi(model: LanguageModel): Promise<void> {
  let failure: unknown;
  const result = streamText({
    model,
    prompt: PROMPT,
    maxRetries: 0,
    onError: ({ error: seen }) => {
      failure = seen;
    },
  });
  for await (const part of result.fullStream) if (part.type === 'error') failure = part.error;
  if (failure !== undefined) throw failure;
}

const aiClient = (
  name: string,
  body: Client['body'],
  model: (url: string) => LanguageModel,
): Client => ({
  name,
  body,
  call: (url, signal) =>
    generateText({
      model: model(url),
      prompt: PROMPT,
      maxRetries: 0,
      ...(signal && { abortSignal: signal }),
    }),
  stream: (url) => streamAi(model(url)),
});

const CLIENTS: readonly Client[] = [
  {
    name: 'openai',
    body: (word) => error({ code: word, type: word }),
    call: (url, signal) =>
      openai(url).chat.completions.create({ model: 'm', messages }, { signal: signal ?? null }),
    stream: async (url) =>
      drain(await openai(url).chat.completions.create({ model: 'm', messages, stream: true })),
  },
  {
    name: 'anthropic',
    body: (word) => anthropicError(word),
    call: (url, signal) =>
      anthropic(url).messages.create(
        { model: 'm', max_tokens: 9, messages },
        { signal: signal ?? null },
      ),
    stream: async (url) =>
      drain(
        await anthropic(url).messages.create({ model: 'm', max_tokens: 9, messages, stream: true }),
      ),
  },
  aiClient(
    'ai with openai',
    (word) => error({ code: word, type: word }),
    (url) => createOpenAI({ apiKey: KEY, baseURL: url }).chat('m'),
  ),
  aiClient(
    'ai with anthropic',
    (word) => anthropicError(word),
    (url) => createAnthropic({ apiKey: KEY, baseURL: url })('m'),
  ),
];

async function failure(answer: Answer, call: (url: string) => unknown): Promise<unknown> {
  await using server = await startAnswerServer(answer);
  return await caught(() => call(server.url));
}

describe.each(CLIENTS)('$name', (client) => {
  test.each(STATUS_RULES)('%s for %i %s', async (code, status, word) => {
    const answer = json(status, client.body(word), {
      'x-request-id': 'req_1',
      'request-id': 'req_1',
    });
    const found = convertException(await failure(answer, client.call));
    expect(found.code).toBe(code);
    expect(found.details).toMatchObject({ status_code: status, request_id: 'req_1' });
    expect(JSON.stringify(found)).not.toMatch(/NOBODY|KEYNOBODY/);
  });

  test('the credit balance in words', async () => {
    const body = anthropicError('invalid_request_error', 'Your credit balance is too low.');
    const found = convertException(await failure(json(400, body), client.call));
    expect(found.code).toBe(ErrorCode.LLM_QUOTA_EXCEEDED);
  });

  test('a prompt that is too long in words', async () => {
    const body = anthropicError(
      'invalid_request_error',
      'prompt is too long: 9 tokens > 8 maximum',
    );
    const found = convertException(await failure(json(400, body), client.call));
    expect(found.code).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
  });

  test.each([
    ['retry-after', '7', 7000],
    ['retry-after', '3600', 60_000],
    ['retry-after', 'soon', undefined],
    ['retry-after-ms', '1500', 1500],
  ])('the wait of %s: %s', async (header, value, expected) => {
    const answer = json(429, client.body('rate_limit_error'), { [header]: value });
    const found = convertException(await failure(answer, client.call));
    expect(found.retryAfterMs).toBe(expected);
  });

  test('the wish about retries wins over the code', async () => {
    const answer = json(429, client.body('rate_limit_error'), { 'x-should-retry': 'false' });
    expect(isRetryable(await failure(answer, client.call))).toBe(false);
    const again = json(400, client.body('invalid_request_error'), { 'x-should-retry': 'true' });
    expect(isRetryable(await failure(again, client.call))).toBe(true);
  });

  test('an error page of a proxy', async () => {
    const found = convertException(await failure(text(502, '<html>SECRET</html>'), client.call));
    expect(found.code).toBe(ErrorCode.LLM_PROVIDER_UNAVAILABLE);
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  test('a reset connection', async () => {
    const found = convertException(await failure(reset, client.call), { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.CONNECTION_RESET);
  });

  test('no server', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const found = convertException(await caught(() => client.call(nobody)));
    expect(found.code).toBe(ErrorCode.CONNECTION_REFUSED);
  });

  test('an answer that is not JSON', async () => {
    const raw = await failure(text(200, '{"SECRET', 'application/json'), client.call);
    const found = convertException(raw, { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  test('an answer that breaks off', async () => {
    const raw = await failure(cutJson, client.call);
    expect(convertException(raw, { origin: 'llm' }).code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
  });

  test('a stream that breaks off', async () => {
    const first = client.name.includes('anthropic') ? 'event: ping\ndata: {"type":"ping"}' : chunk;
    const raw = await failure(brokenStream(first), client.stream);
    const found = convertException(raw, { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
    expect(isRetryable(found)).toBe(false);
    expect(isRetryable(found, { tokensDelivered: false })).toBe(true);
  });

  test('an abort of the caller', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const raw = await failure(silence, (url) => client.call(url, controller.signal));
    expect(convertException(raw).code).toBe(ErrorCode.OPERATION_CANCELLED);
  });

  test('a deadline of the caller', async () => {
    const raw = await failure(silence, (url) => client.call(url, AbortSignal.timeout(50)));
    // Anthropic's SDK keeps nothing of the signal's reason.
    const code =
      client.name === 'anthropic' ? ErrorCode.OPERATION_CANCELLED : ErrorCode.LLM_TIMEOUT;
    expect(convertException(raw, { origin: 'llm' }).code).toBe(code);
  });
});

test.each([CLIENTS[0], CLIENTS[1]])('$name stops by itself', async (client) => {
  const raw = await failure(silence, (url) => client?.call(url));
  expect(convertException(raw).code).toBe(ErrorCode.LLM_TIMEOUT);
});

test.each([
  ['rate_limit_exceeded', ErrorCode.LLM_RATE_LIMITED],
  ['server_error', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
  ['something_new', ErrorCode.LLM_STREAM_INTERRUPTED],
])('openai: the event %s in a stream', async (word, code) => {
  const answer = stream(chunk, `data: ${JSON.stringify(error({ code: word, type: word }))}`);
  const raw = await failure(answer, (url) => CLIENTS[0]?.stream(url));
  expect(convertException(raw).code).toBe(code);
});

test.each([CLIENTS[1], CLIENTS[3]])('$name: an event of overload in a stream', async (client) => {
  const event = `event: error\ndata: ${JSON.stringify(anthropicError('overloaded_error'))}`;
  const raw = await failure(stream(event), (url) => client?.stream(url));
  expect(convertException(raw).code).toBe(ErrorCode.LLM_PROVIDER_OVERLOADED);
});

test('openai: the finish reasons that make parsing fail', async () => {
  const response_format = {
    type: 'json_schema' as const,
    json_schema: { name: 'x', strict: true, schema: { type: 'object' } },
  };
  const parse = (url: string): Promise<unknown> =>
    openai(url).chat.completions.parse({ model: 'm', messages, response_format });
  const truncated = await failure(json(200, completion({ content: '{' }, 'length')), parse);
  expect(convertException(truncated).code).toBe(ErrorCode.LLM_OUTPUT_TRUNCATED);
  const filtered = await failure(json(200, completion({ content: '' }, 'content_filter')), parse);
  expect(convertException(filtered).code).toBe(ErrorCode.LLM_CONTENT_FILTERED);
});

test.each([
  ['enforced_spend_limit_reached', 429, ErrorCode.LLM_QUOTA_EXCEEDED],
  ['ramp_limit_exceeded', 429, ErrorCode.LLM_RATE_LIMITED],
  ['linked_organization_billing_unavailable', 503, ErrorCode.LLM_PROVIDER_UNAVAILABLE],
])('anthropic: the closer word %s', async (word, status, code) => {
  const body = {
    type: 'error',
    error: { type: 'rate_limit_error', message: 'x', details: { error_code: word } },
  };
  const raw = await failure(json(status, body), (url) => CLIENTS[1]?.call(url));
  const found = convertException(raw);
  expect(found.code).toBe(code);
  expect(found.details).toMatchObject({ provider: 'anthropic', provider_code: word });
});

test.each(CLIENTS)('$name: a gateway that repeats the request in its sentence', async (client) => {
  const message = `Bad request: ${JSON.stringify({ messages })}`;
  await using server = await startAnswerServer(
    json(422, { type: 'error', error: { type: 'invalid_request_error', message } }),
  );
  const raw = await caught(() => client.call(server.url));
  expect(inspect(raw, { depth: 9 })).toContain(PROMPT);
  const found = convertException(raw);
  expect(found.message).toContain('Bad request');
  expect(inspect([found, found.toJSON()], { depth: 9 })).not.toContain(PROMPT);
});

test('no key at all', async () => {
  const bare = createOpenAI({ baseURL: 'http://127.0.0.1:9' });
  const found = [
    await caught(() => new OpenAI()),
    await caught(() =>
      new Anthropic({
        apiKey: null,
        authToken: null,
        baseURL: 'http://127.0.0.1:9',
      }).messages.create({
        model: 'm',
        max_tokens: 1,
        messages,
      }),
    ),
    await caught(() => generateText({ model: bare('m'), prompt: PROMPT, maxRetries: 0 })),
  ];
  for (const raw of found) expect(convertException(raw).code).toBe(ErrorCode.CONFIG_MISSING);
});

describe('ai', () => {
  test('the sentence of a body in a form that the SDK does not know', async () => {
    const body = { code: 'Forbidden', error: 'The team has no access.' };
    const raw = await failure(json(403, body), (url) => CLIENTS[2]?.call(url));
    expect(convertException(raw).message).toBe('The team has no access.');
    const empty = await failure(text(500, ''), (url) => CLIENTS[2]?.call(url));
    expect(convertException(empty).message).toBe('Internal Server Error');
  });

  test.each([
    ['server_error', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ['rate_limit_exceeded', ErrorCode.LLM_RATE_LIMITED],
    ['invalid_prompt', ErrorCode.LLM_CONTENT_FILTERED],
  ])('a response of OpenAI that failed with %s', async (word, code) => {
    const raw = await failure(json(200, error({ code: word, type: word })), (url) =>
      generateText({
        model: createOpenAI({ apiKey: KEY, baseURL: url })('m'),
        prompt: PROMPT,
        maxRetries: 0,
      }),
    );
    expect(convertException(raw).code).toBe(code);
  });

  const model = (url: string): LanguageModel =>
    createOpenAI({ apiKey: KEY, baseURL: url }).chat('m');
  const object = Output.object({
    schema: jsonSchema({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }),
  });

  test('its own retries: the last error counts', async () => {
    const answer = json(503, error({ code: 'x' }), { 'retry-after-ms': '1' });
    const raw = await failure(answer, (url) =>
      generateText({ model: model(url), prompt: PROMPT, maxRetries: 1 }),
    );
    expect(convertException(raw).code).toBe(ErrorCode.LLM_PROVIDER_UNAVAILABLE);
  });

  test('an answer of the wrong shape', async () => {
    const raw = await failure(json(200, { SECRET: 'SECRET' }), (url) =>
      generateText({ model: model(url), prompt: PROMPT, maxRetries: 0 }),
    );
    const found = convertException(raw);
    expect(found.code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  test.each([
    ['stop', ErrorCode.LLM_INVALID_RESPONSE],
    ['length', ErrorCode.LLM_OUTPUT_TRUNCATED],
    ['content_filter', ErrorCode.LLM_CONTENT_FILTERED],
  ])('no object, finished by %s', async (finish, code) => {
    const raw = await failure(
      json(200, completion({ content: '{"SECRET' }, finish)),
      async (url) => {
        const result = await generateText({
          model: model(url),
          prompt: PROMPT,
          maxRetries: 0,
          output: object,
        });
        return result.output;
      },
    );
    const found = convertException(raw);
    expect(found.code, `${found}`).toBe(code);
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  test.each([
    ['that is not there', 'nope', '{"SECRET":1}'],
    ['with arguments that are no JSON', 'there', '{"SECRET'],
  ])('a call of a tool %s', async (_title, name, args) => {
    const call = { id: 't', type: 'function', function: { name, arguments: args } };
    const answer = json(200, completion({ content: null, tool_calls: [call] }, 'tool_calls'));
    await using server = await startAnswerServer(answer);
    const result = await generateText({
      model: model(server.url),
      prompt: PROMPT,
      maxRetries: 0,
      tools: { there: tool({ inputSchema: jsonSchema({ type: 'object' }) }) },
    });
    const part = result.content.find((item) => item.type === 'tool-call');
    const found = convertException(part && 'error' in part ? part.error : undefined);
    expect(found.code).toBe(ErrorCode.LLM_TOOL_CALL_INVALID);
    expect(found.details).toMatchObject({ tool: name });
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });
});
