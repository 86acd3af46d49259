import Boom from '@hapi/boom';
import {
  DownloadError,
  NoImageGeneratedError,
  NoSpeechGeneratedError,
  StreamProviderError,
} from 'ai';
import createError from 'http-errors';
import { describe, expect, test } from 'vitest';
import { BaseError, convertException, ErrorCode, isRetryable } from '../../src/index.ts';

function error(fields: object, message = 'Failed.', name?: string): Error {
  const made = Object.assign(new Error(message), fields);
  if (name !== undefined) made.name = name;
  return made;
}

const google = (code: number, status: string, message: string, details: object[] = []): string =>
  JSON.stringify({ error: { code, status, message, details } });

describe('an error with the status of a response', () => {
  test.each<[string, unknown, string, boolean]>([
    ['status', error({ status: 503 }), ErrorCode.UPSTREAM_ERROR, true],
    ['statusCode', error({ statusCode: 429 }), ErrorCode.RATE_LIMITED, true],
    ['status_code', error({ status_code: 404, error: 'x' }), ErrorCode.LLM_MODEL_NOT_FOUND, false],
    ['response.status', error({ response: { status: 504 } }), ErrorCode.UPSTREAM_TIMEOUT, true],
    [
      'response.statusCode',
      error({ response: { statusCode: 418 } }),
      ErrorCode.UPSTREAM_REJECTED,
      false,
    ],
    [
      'Groq',
      error({
        status: 429,
        headers: new Headers(),
        error: {
          error: { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' },
        },
      }),
      ErrorCode.LLM_RATE_LIMITED,
      true,
    ],
    [
      'Mistral',
      error(
        { statusCode: 503, body: '{"message":"down"}', headers: new Headers() },
        'API error occurred',
        'MistralError',
      ),
      ErrorCode.LLM_PROVIDER_UNAVAILABLE,
      true,
    ],
    [
      '@huggingface/inference',
      error(
        { httpRequest: {}, httpResponse: { status: 401, body: { error: 'Bad token' } } },
        'Failed to perform inference.',
        'ProviderApiError',
      ),
      ErrorCode.LLM_PROVIDER_AUTH_FAILED,
      false,
    ],
    [
      'superagent, its own limit',
      error({ code: 'ECONNABORTED', errno: 'ETIME', timeout: 400 }),
      ErrorCode.UPSTREAM_TIMEOUT,
      true,
    ],
    [
      'Google, overloaded',
      error({ status: 503 }, google(503, 'UNAVAILABLE', 'The model is overloaded.'), 'ApiError'),
      ErrorCode.LLM_PROVIDER_UNAVAILABLE,
      true,
    ],
    [
      'Google, the limit of a day',
      error(
        { status: 429 },
        google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
          { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
          { retryDelay: '39s' },
        ]),
        'ApiError',
      ),
      ErrorCode.LLM_QUOTA_EXCEEDED,
      false,
    ],
    [
      'Cohere, the limit of a month',
      error(
        { statusCode: 429, rawResponse: {} },
        'You are using a Trial key, which is limited to 1000 API calls / month.',
        'CohereError',
      ),
      ErrorCode.LLM_QUOTA_EXCEEDED,
      false,
    ],
    [
      'Groq, no capacity',
      error({
        status: 498,
        headers: new Headers(),
        error: { error: { message: 'Flex tier capacity exceeded', code: 'capacity_exceeded' } },
      }),
      ErrorCode.LLM_PROVIDER_OVERLOADED,
      true,
    ],
    [
      'Mistral, model',
      error(
        { statusCode: 400, body: '{"message":"Invalid model: m","type":"invalid_model"}' },
        'API error occurred',
        'SDKError',
      ),
      ErrorCode.LLM_MODEL_NOT_FOUND,
      false,
    ],
    [
      'Mistral, the page of a proxy',
      error(
        { statusCode: 200, contentType: 'text/html', body: '<html>' },
        'Unexpected Status or Content-Type: Status 200 Content-Type text/html',
        'SDKError',
      ),
      ErrorCode.LLM_INVALID_RESPONSE,
      false,
    ],
    [
      'Google, key',
      error(
        { status: 400 },
        google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
          { reason: 'API_KEY_INVALID' },
        ]),
        'ApiError',
      ),
      ErrorCode.LLM_PROVIDER_AUTH_FAILED,
      false,
    ],
    [
      'ky',
      error(
        {
          response: new Response('', { status: 502 }),
          request: new Request('https://h.example/p?x=1'),
        },
        'Request failed',
        'HTTPError',
      ),
      ErrorCode.UPSTREAM_ERROR,
      true,
    ],
    [
      'undici',
      error(
        { code: 'UND_ERR_RESPONSE', statusCode: 500, body: {}, headers: {} },
        'Response Error',
        'ResponseError',
      ),
      ErrorCode.UPSTREAM_ERROR,
      true,
    ],
    [
      'http-errors',
      error({ expose: true, status: 404, statusCode: 404 }, 'Not Found', 'NotFoundError'),
      ErrorCode.NOT_FOUND,
      false,
    ],
    [
      'http-errors of a server',
      error({ expose: false, status: 503, statusCode: 503 }),
      ErrorCode.SERVICE_UNAVAILABLE,
      true,
    ],
    [
      'Fastify: a route that exists',
      error({ code: 'FST_ERR_DUPLICATED_ROUTE', statusCode: 500 }, 'exists', 'FastifyError'),
      ErrorCode.SYSTEM_ERROR,
      false,
    ],
    [
      'Fastify: a body of another type',
      error({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }, 'type', 'FastifyError'),
      ErrorCode.BAD_REQUEST,
      false,
    ],
    [
      'Fastify: too much load',
      error({ code: 'FST_UNDER_PRESSURE', statusCode: 503 }, 'load', 'FastifyError'),
      ErrorCode.SERVICE_UNAVAILABLE,
      true,
    ],
    ['http-errors without a specific code', createError(413), ErrorCode.BAD_REQUEST, false],
    ['http-errors of another fault', createError(507), ErrorCode.SYSTEM_ERROR, false],
    [
      'Boom without a specific code',
      new Boom.Boom('', { statusCode: 415 }),
      ErrorCode.BAD_REQUEST,
      false,
    ],
  ])('%s', (_name, raw, code, retryable) => {
    const found = convertException(raw);
    expect(found.code).toBe(code);
    expect(isRetryable(found)).toBe(retryable);
  });

  test('Google says how long to wait', () => {
    const raw = error(
      { status: 429 },
      google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '27s' },
      ]),
      'ApiError',
    );
    expect(convertException(raw)).toMatchObject({
      code: ErrorCode.LLM_RATE_LIMITED,
      retryAfterMs: 27_000,
    });
  });
});

describe('a provider says it in a plain object', () => {
  test.each<[unknown, string]>([
    [{ type: 'overloaded_error', message: 'Overloaded' }, ErrorCode.LLM_PROVIDER_OVERLOADED],
    [
      { type: 'error', error: { type: 'rate_limit_error', message: 'x' } },
      ErrorCode.LLM_RATE_LIMITED,
    ],
    [
      { message: 'Quota', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } },
      ErrorCode.LLM_PROVIDER_UNAVAILABLE,
    ],
    [{ message: 'slow down', code: 429 }, ErrorCode.LLM_RATE_LIMITED],
    [{ error: { code: '503', message: 'x' } }, ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    [{ status: 429 }, ErrorCode.LLM_RATE_LIMITED],
    [{ error: 'model "llama9:8b" not found, try pulling it' }, ErrorCode.LLM_MODEL_NOT_FOUND],
    [{ throttlingException: { message: 'Too many requests' } }, ErrorCode.LLM_RATE_LIMITED],
    [{ internalServerException: { message: 'x' } }, ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    [
      { modelStreamErrorException: { message: 'x', originalStatusCode: 424 } },
      ErrorCode.LLM_PROVIDER_UNAVAILABLE,
    ],
    [{ modelTimeoutException: { message: 'x' } }, ErrorCode.LLM_TIMEOUT],
    [{ validationException: { message: 'bad' } }, ErrorCode.LLM_INVALID_REQUEST],
    [
      { validationException: { message: 'Input is too long for requested model.' } },
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
  ])('%j', (raw, code) => {
    expect(convertException(raw, { origin: 'llm' }).code).toBe(code);
  });

  test.each<[ConstructorParameters<typeof StreamProviderError>[0], string]>([
    [{ message: 'Overloaded', type: 'overloaded_error' }, ErrorCode.LLM_PROVIDER_OVERLOADED],
    [{ message: 'x', type: 'tokens', code: 'rate_limit_exceeded' }, ErrorCode.LLM_RATE_LIMITED],
    [{ message: 'x', code: 429 }, ErrorCode.LLM_RATE_LIMITED],
    [{ message: 'x', statusCode: 503 }, ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    [{ message: 'x', code: 'insufficient_quota', statusCode: 429 }, ErrorCode.LLM_QUOTA_EXCEEDED],
    [
      { message: 'x', data: { error: { code: 'context_length_exceeded', message: 'x' } } },
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
    [{ message: 'The stream broke.' }, ErrorCode.LLM_STREAM_INTERRUPTED],
  ])('inside a stream of the AI SDK: %j', (fields, code) => {
    expect(convertException(new StreamProviderError(fields)).code).toBe(code);
  });

  test('an object of another library is not a provider error', () => {
    expect(convertException({ message: 'x', code: 429 }).code).toBe(ErrorCode.UNKNOWN_ERROR);
  });
});

test.each([
  'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  'Input is too long for requested model.',
  'prompt is too long: 210000 tokens > 200000 maximum',
  'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
  "This model's maximum model length is 4096, but the request has 5000 tokens.",
  'the request exceeds the available context size, try increasing it',
  "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
  'The number of tokens to keep from the initial prompt is greater than the context length.',
  'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000',
  'Range of input length should be [1, 30720]',
  'Malformed input request: expected maxLength: 50000, actual: 60000, please reformat your input.',
  'The total number of tokens in the system instruction and contents exceeds the limit.',
  'Request too large for gpt-4o: Limit 30000, Requested 41000.',
])('context length: %s', (message) => {
  const raw = error({ status: 400, error: { message }, requestID: null, headers: new Headers() });
  expect(convertException(raw).code).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
});

// A shorter prompt does not help, which is what an application tries for the code of context length.
test.each([
  'max_tokens: 300000 > 64000, which is the maximum allowed number of output tokens for claude-m',
  'max_tokens is too large: 300000. This model supports at most 16384 completion tokens, whereas you provided 300000.',
  "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 128000, but got 300000 instead.",
  'Unable to submit request because it has a maxOutputTokens value of 300000 but the supported range is from 1 (inclusive) to 65537 (exclusive).',
  'The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower value.',
  '`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model',
  'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]',
  'too many tokens: max tokens must be less than or equal to 4096, the maximum output length for this model - received 300000.',
])('more output than the model gives is an invalid request, no context length: %s', (message) => {
  const raw = error({ status: 400, error: { message }, requestID: null, headers: new Headers() });
  const found = convertException(raw);
  expect([found.code, isRetryable(found)]).toEqual([ErrorCode.LLM_INVALID_REQUEST, false]);
});

test('a model that thought until its limit of output was reached', () => {
  const message =
    'Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.';
  const raw = error({ status: 400, error: { message }, requestID: null, headers: new Headers() });
  expect(convertException(raw).code).toBe(ErrorCode.LLM_OUTPUT_TRUNCATED);
});

describe('what providers say', () => {
  const answered = (status: number, body: unknown): Error =>
    error({ status, error: body, requestID: null, headers: new Headers() }, `${status} Failed.`);

  test.each<[string, number, unknown, string]>([
    ['OpenAI', 400, { code: 'moderation_blocked' }, ErrorCode.LLM_CONTENT_FILTERED],
    ['Qwen', 400, { code: 'data_inspection_failed' }, ErrorCode.LLM_CONTENT_FILTERED],
    [
      'Azure',
      400,
      { code: null, innererror: { code: 'ResponsibleAIPolicyViolation' } },
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    [
      'Anthropic',
      400,
      { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    [
      'OpenRouter',
      403,
      { code: 403, message: 'Your chosen model requires moderation and your input was flagged' },
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    [
      'Anthropic, a limit of the account',
      400,
      {
        type: 'invalid_request_error',
        message: 'You have reached your specified API usage limits.',
      },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'xAI, credits',
      403,
      "Your newly created team doesn't have any credits yet.",
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    ['Moonshot', 429, { type: 'exceeded_current_quota_error' }, ErrorCode.LLM_QUOTA_EXCEEDED],
    ['LiteLLM', 400, { message: 'Budget has been exceeded!' }, ErrorCode.LLM_QUOTA_EXCEEDED],
    [
      'Zhipu',
      429,
      { code: '1113', message: '余额不足或无可用资源包' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'Fireworks',
      412,
      { message: 'The account is suspended, possibly due to reaching the monthly spending limit' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    ['xAI, key', 400, 'Incorrect API key provided: xa***bc.', ErrorCode.LLM_PROVIDER_AUTH_FAILED],
    ['Groq', 400, { code: 'organization_restricted' }, ErrorCode.LLM_PROVIDER_AUTH_FAILED],
    ['Groq, model', 400, { code: 'model_decommissioned' }, ErrorCode.LLM_MODEL_NOT_FOUND],
    ['Together', 400, { code: 'model_not_available' }, ErrorCode.LLM_MODEL_NOT_FOUND],
    [
      'OpenAI, embeddings',
      400,
      { code: 'max_tokens_per_request', message: 'Requested 400000 tokens, max 300000' },
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
    ['Cloudflare', 524, undefined, ErrorCode.LLM_TIMEOUT],
    ['OpenAI, policy', 400, { code: 'cyber_policy_violation' }, ErrorCode.LLM_CONTENT_FILTERED],
    [
      'Volcano Ark',
      400,
      { code: 'OutputImageSensitiveContentDetected', message: 'Failed.' },
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    [
      'OpenRouter, moderation',
      403,
      { code: 403, message: 'Input was flagged by moderation' },
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    [
      'xAI, guidelines',
      403,
      'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE',
      ErrorCode.LLM_CONTENT_FILTERED,
    ],
    ['DeepSeek', 400, { message: 'Content Exists Risk' }, ErrorCode.LLM_CONTENT_FILTERED],
    ['DeepSeek, model', 400, { message: 'Model Not Exist' }, ErrorCode.LLM_MODEL_NOT_FOUND],
    [
      'OpenRouter, model',
      400,
      { code: 400, message: 'x/y is not a valid model ID' },
      ErrorCode.LLM_MODEL_NOT_FOUND,
    ],
    ['OpenAI, old model', 400, { code: 'model_deprecated' }, ErrorCode.LLM_MODEL_NOT_FOUND],
    [
      'OpenAI, an item of the Responses API',
      404,
      { type: 'invalid_request_error', message: "Item with id 'rs_1' not found. Not stored." },
      ErrorCode.LLM_INVALID_REQUEST,
    ],
    [
      'Google, billing',
      403,
      {
        code: 403,
        status: 'PERMISSION_DENIED',
        message: 'This API method requires billing.',
        details: [{ reason: 'BILLING_DISABLED' }],
      },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'Google, credits',
      429,
      { status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted.' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'Google, spending',
      429,
      { status: 'RESOURCE_EXHAUSTED', message: 'It exceeded its monthly spending cap.' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    ['Volcano Ark, bills', 403, { code: 'AccountOverdueError' }, ErrorCode.LLM_QUOTA_EXCEEDED],
    ['Qwen, tier', 403, { code: 'AllocationQuota.FreeTierOnly' }, ErrorCode.LLM_QUOTA_EXCEEDED],
    [
      'OpenRouter, key',
      403,
      { code: 403, message: 'Key limit exceeded (monthly limit).' },
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'Cerebras',
      429,
      {
        type: 'too_many_requests_error',
        code: 'token_quota_exceeded',
        message: 'Tokens per minute limit exceeded - too many tokens processed.',
      },
      ErrorCode.LLM_RATE_LIMITED,
    ],
    [
      'Google, region',
      400,
      {
        status: 'FAILED_PRECONDITION',
        message: 'User location is not supported for the API use.',
      },
      ErrorCode.LLM_PROVIDER_AUTH_FAILED,
    ],
    [
      'Anthropic, organization',
      400,
      { type: 'invalid_request_error', message: 'This organization has been disabled.' },
      ErrorCode.LLM_PROVIDER_AUTH_FAILED,
    ],
    [
      'OpenRouter, the response of the provider',
      400,
      {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: '{"error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}',
        },
      },
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
    ['a redirect that is not followed', 307, undefined, ErrorCode.LLM_INVALID_RESPONSE],
    [
      'a rate limit that mentions billing',
      429,
      { message: 'You exceeded your current quota, please check your plan and billing details.' },
      ErrorCode.LLM_RATE_LIMITED,
    ],
  ])('%s', (_name, status, body, code) => {
    expect(convertException(answered(status, body)).code).toBe(code);
  });

  test('output that Groq rejects may be better the next time', () => {
    const tool = convertException(answered(400, { error: { code: 'tool_use_failed' } }));
    const json = convertException(answered(400, { error: { code: 'json_validate_failed' } }));
    expect([tool.code, json.code]).toEqual([
      ErrorCode.LLM_TOOL_CALL_INVALID,
      ErrorCode.LLM_INVALID_RESPONSE,
    ]);
    expect([tool, json].map((found) => isRetryable(found, { attempt: 1 }))).toEqual([true, true]);
  });

  test('the sentence of xAI is the message', () => {
    const raw = answered(400, "This team doesn't have access.");
    raw.message = '400 "This team doesn\'t have access."';
    expect(convertException(raw).message).toBe("400 This team doesn't have access.");
  });

  test('LangChain marks the error of the SDK, whose code and wait count', () => {
    const headers = new Headers({ 'retry-after': '7' });
    const marked = (code: string): Error =>
      error({ status: 429, error: { code }, headers, lc_error_code: 'MODEL_RATE_LIMIT' });
    expect(convertException(marked('insufficient_quota')).code).toBe(ErrorCode.LLM_QUOTA_EXCEEDED);
    expect(convertException(marked('rate_limit_exceeded'))).toMatchObject({
      code: ErrorCode.LLM_RATE_LIMITED,
      retryAfterMs: 7000,
    });
  });

  test('the AI SDK got nothing, or a file of the prompt', () => {
    const url = 'https://h.example/a.png';
    expect([
      convertException(new NoImageGeneratedError({ responses: [] })).code,
      convertException(new NoSpeechGeneratedError({ responses: [] })).code,
      convertException(new DownloadError({ url, statusCode: 404 })).code,
      convertException(new DownloadError({ url, statusCode: 503 }), { origin: 'llm' }).code,
    ]).toEqual([
      ErrorCode.LLM_INVALID_RESPONSE,
      ErrorCode.LLM_INVALID_RESPONSE,
      ErrorCode.UPSTREAM_REJECTED,
      ErrorCode.UPSTREAM_ERROR,
    ]);
  });

  test('a response of OpenAI that failed, by its word', () => {
    const codes = ['vector_store_timeout', 'image_too_large', 'server_error'].map(
      (code) => convertException({ code, message: 'Failed.' }, { origin: 'llm' }).code,
    );
    expect(codes).toEqual([
      ErrorCode.LLM_TIMEOUT,
      ErrorCode.LLM_INVALID_REQUEST,
      ErrorCode.LLM_PROVIDER_UNAVAILABLE,
    ]);
  });

  test('ollama, of which a proxy answers with an object', () => {
    const body = { message: 'Budget has been exceeded!', type: 'budget_exceeded' };
    // As its class does.
    const raw = error({ status_code: 429, error: body }, String(body), 'ResponseError');
    const found = convertException(raw, { origin: 'llm' });
    expect([found.code, found.message]).toEqual([
      ErrorCode.LLM_QUOTA_EXCEEDED,
      '429 Budget has been exceeded!',
    ]);
  });

  test('Ollama reports a failure inside a stream with a sentence', () => {
    const raw = error({}, 'an error was encountered while running the model: unexpected EOF');
    expect(convertException(raw).code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
  });

  test('the input that Mistral does not accept', () => {
    const raw = error({ statusCode: 422, body: '{}' }, 'API error occurred', 'HTTPValidationError');
    expect(convertException(raw).code).toBe(ErrorCode.LLM_INVALID_REQUEST);
  });
});

test.each<[object, string]>([
  [{ error: 'Model is overloaded', error_type: 'overloaded' }, ErrorCode.LLM_PROVIDER_OVERLOADED],
  [{ error: { message: 'x', http_status_code: 422 } }, ErrorCode.LLM_INVALID_REQUEST],
  [{ error: 'Request failed during generation: x' }, ErrorCode.LLM_INVALID_RESPONSE],
])('@huggingface/inference inside a stream: %j', (body, code) => {
  const raw = error({ httpResponse: { status: 200, body } }, 'Failed.', 'ProviderApiError');
  expect(convertException(raw).code).toBe(code);
});

test.each<[string, string]>([
  ['MCP error -32602: Input validation error: q must be a string', ErrorCode.TOOL_INPUT_INVALID],
  ['MCP error -32601: Method not found', ErrorCode.TOOL_NOT_FOUND],
  ['MCP error 5: x', ErrorCode.TOOL_ERROR],
])('the text of a result of MCP that was thrown: %s', (text, code) => {
  expect(convertException(new Error(text), { origin: 'tool' }).code).toBe(code);
});

test('a rate limit is not a context length', () => {
  const message =
    'Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2500.';
  const raw = error({ status: 429, error: { message }, requestID: null, headers: new Headers() });
  expect(convertException(raw).code).toBe(ErrorCode.LLM_RATE_LIMITED);
});

test('the wait of an SDK that keeps the response as rawResponse', () => {
  const rawResponse = { status: 429, headers: new Headers({ 'retry-after': '3' }) };
  const raw = error({ statusCode: 429, body: {}, rawResponse });
  expect(convertException(raw, { origin: 'llm' })).toMatchObject({
    code: ErrorCode.LLM_RATE_LIMITED,
    retryAfterMs: 3000,
  });
});

test.each<[string, unknown, string]>([
  [
    'MCP timeout',
    error({ code: -32001 }, 'MCP error -32001: Request timed out', 'McpError'),
    ErrorCode.TOOL_TIMEOUT,
  ],
  [
    'MCP input',
    error({ code: -32602 }, 'MCP error -32602: Invalid params'),
    ErrorCode.TOOL_INPUT_INVALID,
  ],
  [
    'MCP closed',
    error({ code: -32000 }, 'MCP error -32000: Connection closed'),
    ErrorCode.CONNECTION_RESET,
  ],
  [
    'agents turns',
    error({ state: {} }, 'Max turns (10) exceeded', 'MaxTurnsExceededError'),
    ErrorCode.AGENT_MAX_STEPS_EXCEEDED,
  ],
  [
    'agents guardrail',
    error({ state: {} }, 'x', 'OutputGuardrailTripwireTriggered'),
    ErrorCode.AGENT_GUARDRAIL_BLOCKED,
  ],
  [
    'agents tool',
    error({ state: {}, error: error({ code: 'ECONNREFUSED' }) }, 'x', 'ToolCallError'),
    ErrorCode.CONNECTION_REFUSED,
  ],
  [
    'LangGraph',
    error({ lc_error_code: 'GRAPH_RECURSION_LIMIT' }, 'x', 'GraphRecursionError'),
    ErrorCode.AGENT_MAX_STEPS_EXCEEDED,
  ],
  [
    'Prisma unreachable',
    error({ clientVersion: '7', errorCode: 'P1001' }, "Can't reach database server"),
    ErrorCode.CONNECTION_REFUSED,
  ],
  ['Prisma pool', error({ clientVersion: '7', code: 'P2024' }), ErrorCode.POOL_EXHAUSTED],
  ['Prisma conflict', error({ clientVersion: '7', code: 'P2034' }), ErrorCode.DATABASE_CONFLICT],
  ['MongoDB network', error({}, 'x', 'MongoNetworkError'), ErrorCode.CONNECTION_RESET],
  ['MongoDB pool', error({}, 'x', 'MongoWaitQueueTimeoutError'), ErrorCode.POOL_EXHAUSTED],
  ['MongoDB conflict', error({ code: 112 }, 'x', 'MongoServerError'), ErrorCode.DATABASE_CONFLICT],
  ['MongoDB duplicate', error({ code: 11000 }, 'x', 'MongoServerError'), ErrorCode.DATABASE_ERROR],
  ['mysql2 pool', error({}, 'Queue limit reached.'), ErrorCode.POOL_EXHAUSTED],
  ['mysql2 closed', error({}, 'Pool is closed.'), ErrorCode.CLIENT_CLOSED],
  [
    'axios cut',
    error({ isAxiosError: true, code: 'ERR_BAD_RESPONSE' }, 'stream has been aborted'),
    ErrorCode.CONNECTION_RESET,
  ],
  [
    'broken gzip',
    new TypeError('terminated', { cause: error({ code: 'Z_DATA_ERROR' }) }),
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'IPv4 and IPv6',
    Object.assign(
      new AggregateError([
        error({ code: 'ENETUNREACH', syscall: 'connect' }),
        error({ code: 'ECONNREFUSED', syscall: 'connect' }),
      ]),
      { code: 'ENETUNREACH' },
    ),
    ErrorCode.CONNECTION_REFUSED,
  ],
])('%s', (_name, raw, code) => {
  expect(convertException(raw).code).toBe(code);
});

describe('a signal decides what an SDK swallowed', () => {
  const swallowed = new Error('Request was aborted.');
  test('a timeout', () => {
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    expect(convertException(swallowed, { signal, origin: 'llm' }).code).toBe(ErrorCode.LLM_TIMEOUT);
  });
  test('a cancellation', () => {
    const signal = AbortSignal.abort();
    expect(convertException(swallowed, { signal }).code).toBe(ErrorCode.OPERATION_CANCELLED);
  });
  test('a coded reason', () => {
    const reason = new BaseError({ code: ErrorCode.TASK_INTERRUPTED, message: 'Shutting down.' });
    const found = convertException(swallowed, { signal: AbortSignal.abort(reason) });
    expect(found).toMatchObject({
      code: ErrorCode.TASK_INTERRUPTED,
      retryable: true,
      httpStatus: 503,
    });
  });
  test('not an error with its own code, and not a signal that is not aborted', () => {
    const refused = error({ code: 'ECONNREFUSED' });
    expect(convertException(refused, { signal: AbortSignal.abort() }).code).toBe(
      ErrorCode.CONNECTION_REFUSED,
    );
    const { signal } = new AbortController();
    expect(convertException(swallowed, { signal }).code).toBe(ErrorCode.UNKNOWN_ERROR);
  });
});

describe('an operation that was sent and not answered', () => {
  test('is retried only if it is idempotent', () => {
    const found = convertException(new Error('Command timed out'), { origin: 'redis' });
    expect(found.retry).toBe('conditional');
    expect(isRetryable(found)).toBe(false);
    expect(isRetryable(found, { idempotent: true })).toBe(true);
    expect(BaseError.fromJSON(JSON.stringify(found)).retry).toBe('conditional');
  });
  test('a timeout is not retried if it is known not to be idempotent', () => {
    const late = new BaseError({ code: ErrorCode.UPSTREAM_TIMEOUT, message: 'Late.' });
    expect(isRetryable(late)).toBe(true);
    expect(isRetryable(late, { idempotent: false })).toBe(false);
    const connecting = convertException(error({ code: 'ETIMEDOUT', syscall: 'connect' }));
    expect(isRetryable(connecting, { idempotent: false })).toBe(true);
  });
});

test('reading 800 kB of what looks like tokens takes linear time', () => {
  const start = process.cpuUsage();
  BaseError.fromJSON({
    code: ErrorCode.TASK_ERROR,
    message: 'eyJ-'.repeat(200_000),
    details: { a: 'eyJ-'.repeat(200_000) },
  });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(300);
});
