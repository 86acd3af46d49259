import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  BaseError,
  convertException,
  ErrorCode,
  type ErrorOrigin,
  isRetryable,
} from '../../src/index.ts';

// The shapes of the errors of clients that this package does not name, as their packages make them.
const error = (fields: object, message = 'Failed.', name?: string): Error => {
  const made = Object.assign(new Error(message), fields);
  if (name !== undefined) made.name = name;
  return made;
};
const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

test.each<[string, string, ErrorOrigin | undefined, string]>([
  ['PineconeBadRequestError', 'invalid vector', 'memory', ErrorCode.UPSTREAM_REJECTED],
  ['PineconeAuthorizationError', 'rejected key', 'memory', ErrorCode.UPSTREAM_REJECTED],
  ['PineconeInternalServerError', 'down', 'memory', ErrorCode.UPSTREAM_ERROR],
  ['ChromaServerError', 'down', 'database', ErrorCode.UPSTREAM_ERROR],
  ['ChromaConnectionError', 'Failed to connect.', 'memory', ErrorCode.CONNECTION_ERROR],
  ['WeaviateUnauthenticatedError', 'no', 'llm', ErrorCode.LLM_PROVIDER_AUTH_FAILED],
  ['QdrantClientResourceExhaustedError', 'Too Many Requests', undefined, ErrorCode.RATE_LIMITED],
  ['ChromaNotFoundError', 'none', 'database', ErrorCode.UPSTREAM_REJECTED],
  ['PineconeMaxRetriesExceededError', 'You have exceeded', 'memory', ErrorCode.UPSTREAM_ERROR],
  ['ToolNotFoundError', 'Ours.', 'llm', ErrorCode.LLM_ERROR],
  ['RequestAbortedError', 'Request aborted', 'api', ErrorCode.OPERATION_CANCELLED],
  [
    'ProductNotSupportedError',
    'The client noticed that the server is not Elasticsearch and',
    'api',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'ConnectionError',
    'The operation was aborted due to timeout',
    'api',
    ErrorCode.UPSTREAM_TIMEOUT,
  ],
  ['VoyageAIError', 'terminated', 'llm', ErrorCode.LLM_STREAM_INTERRUPTED],
  ['VoyageAIError', 'terminated', 'api', ErrorCode.CONNECTION_RESET],
  [
    'Error',
    'response: Expected object. Received undefined.',
    'llm',
    ErrorCode.LLM_INVALID_RESPONSE,
  ],
  [
    'Error',
    'Did not receive done or success response in stream.',
    undefined,
    ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  ['Error', 'response: Missing discriminant ("type")', 'llm', ErrorCode.LLM_INVALID_RESPONSE],
  ['Error', 'redirect count exceeded', 'llm', ErrorCode.LLM_INVALID_RESPONSE],
  [
    'Error',
    'Received tool input did not match expected schema',
    'tool',
    ErrorCode.LLM_TOOL_CALL_INVALID,
  ],
  ['Error', 'Expected a normalized Anthropic stream error', 'llm', ErrorCode.LLM_INVALID_RESPONSE],
  ['Error', 'Truncated event message received.', 'llm', ErrorCode.LLM_STREAM_INTERRUPTED],
  [
    'Error',
    'Incomplete Amazon Bedrock event-stream frame: 20 buffered bytes remain at end of stream.',
    'llm',
    ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  [
    'Error',
    'The message checksum (1) did not match the expected value of 2',
    'llm',
    ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  ['Error', 'Incomplete JSON segment at the end', undefined, ErrorCode.LLM_STREAM_INTERRUPTED],
  ['Error', 'Abort', 'agent', ErrorCode.AGENT_TIMEOUT],
  ['Error', 'Abort', 'tool', ErrorCode.TOOL_ERROR],
  ['Error', 'There was an error establishing an SSL connection', 'database', ErrorCode.TLS_FAILURE],
  ['PaymentServerError', 'Ours.', undefined, ErrorCode.UNKNOWN_ERROR],
  ['UserForbiddenError', 'Ours.', undefined, ErrorCode.UNKNOWN_ERROR],
])('a class without a status: %s', (name, message, origin, code) => {
  expect(convertException(error({}, message, name), { origin }).code).toBe(code);
});

test('a request of Octokit without a response, to which it gives the status 500', () => {
  const cause = new TypeError('fetch failed', { cause: reset });
  const lost = error({ status: 500, request: {}, cause }, 'read ECONNRESET', 'HttpError');
  expect(convertException(lost, { origin: 'api' }).code).toBe(ErrorCode.CONNECTION_RESET);
  const answered = error({ status: 500, request: {}, cause, response: { status: 500 } });
  expect(convertException(answered, { origin: 'api' }).code).toBe(ErrorCode.UPSTREAM_ERROR);
});

test('a cause says more than a class', () => {
  const wrapped = error({ cause: reset }, 'Request failed to reach us.', 'PineconeConnectionError');
  const found = convertException(wrapped, { origin: 'memory' });
  expect([found.code, found.retryable]).toEqual([ErrorCode.CONNECTION_RESET, false]);
});

test.each<[string, string]>([
  ['Request failed with status code 503', ErrorCode.UPSTREAM_ERROR],
  ['HTTP error! status: 429', ErrorCode.RATE_LIMITED],
  ['unexpected status 502 Bad Gateway', ErrorCode.UPSTREAM_ERROR],
  ['A call to http://127.0.0.1/indexes returned HTTP status 404.', ErrorCode.UPSTREAM_REJECTED],
  ['The request failed with status code: 429 and message: {"a":1}', ErrorCode.RATE_LIMITED],
  ['server responded with 504', ErrorCode.UPSTREAM_TIMEOUT],
  ['network timeout at: http://127.0.0.1/', ErrorCode.UPSTREAM_TIMEOUT],
  ['fetch failed', ErrorCode.CONNECTION_ERROR],
  ['Command failed with exit status 503', ErrorCode.UNKNOWN_ERROR],
  ['expected status 500 to be 200', ErrorCode.UNKNOWN_ERROR],
  ['Order 404 is in status 12', ErrorCode.UNKNOWN_ERROR],
])('a sentence with a status: %s', (message, code) => {
  const found = convertException(error({}, message, 'OddClientError'), {
    origin: 'api',
    defaultCode: ErrorCode.UNKNOWN_ERROR,
  });
  expect(found.code).toBe(code);
});

test.each<[string, string]>([
  [
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    ErrorCode.LLM_PROVIDER_OVERLOADED,
  ],
  [
    '429 {"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}',
    ErrorCode.LLM_RATE_LIMITED,
  ],
  ['{"rows":[1,2]}', ErrorCode.UNKNOWN_ERROR],
])('the body of a provider as the message: %s', (message, code) => {
  expect(convertException(new Error(message)).code).toBe(code);
});

describe('an error under another name than `cause`', () => {
  const postgres = error({ code: '40P01', severity: 'ERROR' }, 'deadlock detected');
  test.each<[string, Error, string]>([
    [
      'Sequelize',
      error({ original: postgres }, 'deadlock detected', 'SequelizeDatabaseError'),
      ErrorCode.DATABASE_CONFLICT,
    ],
    [
      'gaxios',
      error({ error: reset }, 'request to http://x/ failed', 'GaxiosError'),
      ErrorCode.CONNECTION_RESET,
    ],
    [
      'Apollo',
      error({ networkError: error({ statusCode: 503 }) }, 'Response not successful', 'ApolloError'),
      ErrorCode.UPSTREAM_ERROR,
    ],
    [
      'one of ours',
      error({ originalError: new BaseError({ code: ErrorCode.AGENT_TIMEOUT, message: 'x' }) }),
      ErrorCode.AGENT_TIMEOUT,
    ],
  ])('%s', (_, wrapped, code) => {
    const found = convertException(wrapped);
    expect([found.code, found.message]).toEqual([code, wrapped.message]);
  });

  test('an error that holds itself', () => {
    const loop = error({}, 'Round.');
    Object.assign(loop, { error: loop, original: loop, networkError: error({ error: loop }) });
    expect(convertException(loop).code).toBe(ErrorCode.UNKNOWN_ERROR);
  });
});

test.each<[string, object, string, string]>([
  ['SQLite, locked', { code: 'SQLITE_BUSY' }, 'database is locked', ErrorCode.DATABASE_CONFLICT],
  [
    'node:sqlite, locked',
    { code: 'ERR_SQLITE_ERROR', errcode: 5 },
    'database is locked',
    ErrorCode.DATABASE_CONFLICT,
  ],
  [
    'SQLite, unique',
    { code: 'SQLITE_CONSTRAINT_UNIQUE' },
    'UNIQUE constraint failed: t.a',
    ErrorCode.DATABASE_ERROR,
  ],
  [
    'Knex, no connection free',
    {},
    'Knex: Timeout acquiring a connection. The pool is probably full.',
    ErrorCode.POOL_EXHAUSTED,
  ],
  ['tRPC', { data: { httpStatus: 503 }, shape: {} }, 'Down.', ErrorCode.UPSTREAM_ERROR],
  ['superagent of old', { res: { statusCode: 503 } }, 'Down.', ErrorCode.UPSTREAM_ERROR],
  [
    'mysql2, its own limit of a query',
    { code: 'PROTOCOL_SEQUENCE_TIMEOUT', fatal: true },
    'Query inactivity timeout',
    ErrorCode.CONNECTION_TIMEOUT,
  ],
  [
    'mysql2, a server without TLS',
    { code: 'HANDSHAKE_NO_SSL_SUPPORT', fatal: true },
    'Server does not support secure connection',
    ErrorCode.TLS_FAILURE,
  ],
  [
    'MySQL, its limit of a statement',
    { code: 'ER_QUERY_TIMEOUT', errno: 3024, sqlState: 'HY000' },
    'Query execution was interrupted, maximum statement execution time exceeded',
    ErrorCode.OPERATION_TIMEOUT,
  ],
  [
    'superagent, a redirect to no URL',
    { code: 'EINVALIDREDIRECT', status: 302 },
    'Invalid redirect location: http://[x',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'superagent, a redirect to a file',
    { code: 'EUNSUPPORTEDREDIRECT', status: 302 },
    'Unsupported protocol in redirect location: file:///x',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'superagent, a redirect to nothing',
    {},
    'No location header for redirect',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'superagent, a circle of redirects',
    { status: 302, response: { status: 302 } },
    'Found',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'superagent, no JSON',
    { name: 'SyntaxError', rawResponse: '<html>', statusCode: 200 },
    'Unexpected end of JSON input',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'node-fetch, a redirect to no URL',
    { name: 'FetchError', type: 'invalid-redirect' },
    'uri requested responds with an invalid redirect URL: http://[x',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'node-fetch, a circle of redirects',
    { name: 'FetchError', type: 'max-redirect' },
    'maximum redirect reached at: http://h/',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'node-fetch, a scheme',
    { name: 'TypeError' },
    'node-fetch cannot load ftp://h/. URL scheme "ftp" is not supported.',
    ErrorCode.CONFIG_INVALID,
  ],
  [
    'node-fetch, a redirect to another scheme',
    { name: 'TypeError' },
    'node-fetch cannot load [object Request]. URL scheme "ftp" is not supported.',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
  [
    'the AWS SDK, a late response',
    { name: 'TimeoutError', code: 'ETIMEDOUT', $metadata: {} },
    '@smithy/node-http-handler - a request has exceeded the configured 300 ms requestTimeout.',
    ErrorCode.UPSTREAM_TIMEOUT,
  ],
  [
    'the AWS SDK, a late connection',
    { name: 'TimeoutError', code: 'ETIMEDOUT', $metadata: {} },
    'The request socket did not establish a connection within the configured timeout of 5 ms.',
    ErrorCode.CONNECTION_TIMEOUT,
  ],
])('%s', (_, fields, message, code) => {
  expect(convertException(error(fields, message)).code).toBe(code);
});

test('a query that mysql2 sent may have been executed', () => {
  const late = error({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' }, 'Query inactivity timeout');
  expect(convertException(late).retryable).toBe(false);
  expect(isRetryable(convertException(late), { idempotent: true })).toBe(true);
});

test('ArkType names the fields and not their values', () => {
  const arkErrors = [{ path: ['a', 'b'], message: 'a.b must be a number (was "sekret")' }];
  const found = convertException(error({ arkErrors }, 'x', 'TraversalError'));
  expect(found.code).toBe(ErrorCode.SCHEMA_MISMATCH);
  expect(found.details['issues']).toMatchObject([{ path: 'a.b' }]);
  expect(JSON.stringify(found)).not.toContain('sekret');
});

describe('libraries for models, of which only the base class or the client tells', () => {
  class BedrockRuntimeServiceException extends Error {}
  class ThrottlingException extends BedrockRuntimeServiceException {}
  class OtherException extends Error {}
  const request = new Request('http://h/', {
    headers: { 'user-agent': 'replicate-javascript/1.4.0' },
  });
  const replicate = (status: number, detail: string): Error =>
    error(
      { request, response: new Response('{}', { status }) },
      `Request to http://h/ failed with status ${status}: ${JSON.stringify({ title: 't', detail })}.`,
      'ApiError',
    );
  const aws = (raw: Error, name: string, status: number): Error =>
    Object.assign(raw, { name, $metadata: { httpStatusCode: status }, $fault: 'client' });

  test.each<[string, Error, string, string]>([
    [
      'Bedrock, throttled',
      aws(new ThrottlingException('Too many requests.'), 'ThrottlingException', 429),
      ErrorCode.LLM_RATE_LIMITED,
      'Too many requests.',
    ],
    [
      'Bedrock, an exception that is not modelled',
      aws(new BedrockRuntimeServiceException('Odd.'), 'Odd', 400),
      ErrorCode.LLM_INVALID_REQUEST,
      'Odd.',
    ],
    [
      'another service of AWS',
      aws(new OtherException('Slow.'), 'ThrottlingException', 429),
      ErrorCode.RATE_LIMITED,
      'Slow.',
    ],
    [
      'replicate, no credit',
      replicate(402, 'You have insufficient credit.'),
      ErrorCode.LLM_QUOTA_EXCEEDED,
      '402 You have insufficient credit.',
    ],
    [
      'replicate, its input',
      replicate(422, 'Invalid version.'),
      ErrorCode.LLM_INVALID_REQUEST,
      '422 Invalid version.',
    ],
    [
      'an ApiError of another library',
      error({ status: 404 }, 'No such user.', 'ApiError'),
      ErrorCode.UPSTREAM_REJECTED,
      'No such user.',
    ],
    [
      'the same, of @google/genai',
      error({ status: 404 }, '{"detail":"No such model."}', 'ApiError'),
      ErrorCode.LLM_MODEL_NOT_FOUND,
      '404 No such model.',
    ],
  ])('%s', (_, raw, code, message) => {
    const found = convertException(raw);
    expect([found.code, found.message]).toEqual([code, message]);
  });
});

describe('where the body and the headers are', () => {
  const long = `{"error":{"message":"This model's maximum context length is 8192 tokens."}}`;
  test.each<[string, object, string]>([
    [
      'Replicate',
      { response: new Response(long, { status: 400 }) },
      `failed with status 400: ${long}`,
    ],
    ['Azure', { statusCode: 400, response: { status: 400, bodyAsText: long } }, 'failed'],
    ['a list of numbers', { status: 400 }, 'Range of input length should be [1, 30720]'],
  ])('%s', (_, fields, message) => {
    const found = convertException(error(fields, message), { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
  });

  test.each<[string, object, number]>([
    ['names with capitals', { status: 429, headers: { 'Retry-After': '5' } }, 5000],
    ['Azure', { status: 429, headers: { 'x-ms-retry-after-ms': '2500' } }, 2500],
    [
      'OpenRouter',
      {
        status: 429,
        error: {
          code: 429,
          message: 'Rate limit exceeded',
          metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '9' } },
        },
        body: {
          error: {
            code: 429,
            message: 'Rate limit exceeded',
            metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '9' } },
          },
        },
      },
      9000,
    ],
    ['Qdrant', { retry_after: 7, name: 'QdrantClientResourceExhaustedError' }, 7000],
  ])('the wait: %s', (_, fields, wait) => {
    const found = convertException(error(fields), { origin: 'llm' });
    expect([found.code, found.retryAfterMs]).toEqual([ErrorCode.LLM_RATE_LIMITED, wait]);
  });
});

test.each([
  'Input validation error: `inputs` must have less than 4095 tokens. Given: 5034',
  'The input (9012 tokens) is longer than the model’s context length (8192 tokens).',
  'Input token length 40000 exceeds the limit 30720',
  'Input token length too long',
  'Prompt exceeds max length',
  'invalid request: message must be at most 128000 tokens long',
  'the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model',
  'The max allowed tokens per submitted batch is 120000. Your batch has 130000 tokens.',
  'Prompt tokens limit exceeded: 300000 > 262144',
])('context length: %s', (message) => {
  const found = convertException(error({ status: 400 }, message), { origin: 'llm' });
  expect(found.code).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
});

test.each([
  'The tool name is too long: at most 64 characters',
  'image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes',
  "Invalid 'user': string too long. Expected a string with maximum length 64",
  'Number of tools exceeds the maximum of 128',
  'Thinking budget must be at most 24576 tokens',
  'audio file is too long: maximum 25 minutes',
  'The cached content is of size 500 which is lower than the minimum token count of 1024',
  'The video is too long for this model',
])('not a context length: %s', (message) => {
  const found = convertException(error({ status: 400 }, message), { origin: 'llm' });
  expect(found.code).toBe(ErrorCode.LLM_INVALID_REQUEST);
});

test.each<[string, object, string]>([
  ['StripeSignatureVerificationError', {}, ErrorCode.BAD_REQUEST],
  ['StripeConnectionError', { detail: reset }, ErrorCode.CONNECTION_RESET],
  ['StripeConnectionError', {}, ErrorCode.CONNECTION_ERROR],
  [
    'StripeConnectionError',
    { message: 'Request aborted due to timeout being reached (700ms)' },
    ErrorCode.UPSTREAM_TIMEOUT,
  ],
  [
    'StripeAPIError',
    { message: 'Invalid JSON received from the Stripe API' },
    ErrorCode.UPSTREAM_BAD_RESPONSE,
  ],
])('Stripe without a status: %s %o', (type, fields, code) => {
  expect(convertException(error({ type, ...fields }), { origin: 'api' }).code).toBe(code);
});

test('Hugging Face with a response that is not a stream of events', () => {
  const page = error(
    { httpResponse: { requestId: '', status: 200, body: '' } },
    'Failed to perform inference: server does not support event stream content type',
    'ProviderApiError',
  );
  expect(convertException(page).code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
});

test.each<[string, Error, ErrorOrigin, string, boolean]>([
  [
    'postgres.js, lost',
    error({ code: 'CONNECTION_CLOSED', errno: 'CONNECTION_CLOSED' }),
    'database',
    ErrorCode.CONNECTION_RESET,
    false,
  ],
  [
    'postgres.js, late',
    error({ code: 'CONNECT_TIMEOUT', errno: 'CONNECT_TIMEOUT' }),
    'database',
    ErrorCode.CONNECTION_TIMEOUT,
    true,
  ],
  [
    'postgres.js, closed',
    error({ code: 'CONNECTION_ENDED', errno: 'CONNECTION_ENDED' }),
    'database',
    ErrorCode.CLIENT_CLOSED,
    false,
  ],
  [
    'Neo4j, deadlock',
    error({ code: 'Neo.TransientError.Transaction.DeadlockDetected' }, 'x', 'Neo4jError'),
    'database',
    ErrorCode.DATABASE_CONFLICT,
    true,
  ],
  [
    'Neo4j, away',
    error({ code: 'ServiceUnavailable' }, 'x', 'Neo4jError'),
    'database',
    ErrorCode.CONNECTION_ERROR,
    true,
  ],
  [
    'Neo4j, password',
    error({ code: 'Neo.ClientError.Security.Unauthorized' }, 'x', 'Neo4jError'),
    'database',
    ErrorCode.CONFIG_INVALID,
    false,
  ],
  ['Oracle, listener', error({ code: 'ORA-12541' }), 'database', ErrorCode.CONNECTION_ERROR, true],
  ['Oracle, pool', error({ code: 'NJS-040' }), 'database', ErrorCode.POOL_EXHAUSTED, true],
  [
    'mssql, request',
    error({ code: 'ETIMEOUT' }, 'Timeout: Request failed to complete in 15000ms', 'RequestError'),
    'database',
    ErrorCode.CONNECTION_TIMEOUT,
    false,
  ],
  [
    'mssql, connection',
    error({ code: 'ETIMEOUT' }, 'Failed to connect to h:1433 in 15000ms', 'ConnectionError'),
    'database',
    ErrorCode.CONNECTION_TIMEOUT,
    true,
  ],
  [
    'mssql, password',
    error({ code: 'ELOGIN' }, 'Login failed', 'ConnectionError'),
    'database',
    ErrorCode.CONFIG_INVALID,
    false,
  ],
  [
    'mssql, deadlock',
    error({ code: 'EREQUEST', number: 1205 }, 'x', 'RequestError'),
    'database',
    ErrorCode.DATABASE_CONFLICT,
    true,
  ],
  [
    'MariaDB, pool',
    error({ code: 'ER_GET_CONNECTION_TIMEOUT', sqlState: 'HY000' }),
    'database',
    ErrorCode.POOL_EXHAUSTED,
    true,
  ],
  [
    'Neon',
    error({ sourceError: reset }, 'Error connecting to database', 'NeonDbError'),
    'database',
    ErrorCode.CONNECTION_RESET,
    false,
  ],
  [
    'Slack',
    error({ code: 'slack_webapi_rate_limited_error', retryAfter: 30 }),
    'api',
    ErrorCode.RATE_LIMITED,
    true,
  ],
  [
    'GitHub, used up',
    error({ status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } }),
    'api',
    ErrorCode.RATE_LIMITED,
    true,
  ],
  [
    'GitHub, secondary',
    error({ status: 403, response: { headers: { 'retry-after': '60' } } }),
    'api',
    ErrorCode.RATE_LIMITED,
    true,
  ],
  [
    'GitHub, forbidden',
    error({ status: 403, response: { headers: { 'x-ratelimit-remaining': '9' } } }),
    'api',
    ErrorCode.UPSTREAM_REJECTED,
    false,
  ],
  [
    'jsonwebtoken, expired',
    error({ expiredAt: new Date(0) }, 'jwt expired', 'TokenExpiredError'),
    'api',
    ErrorCode.TOKEN_EXPIRED,
    false,
  ],
  [
    'jsonwebtoken',
    error({}, 'invalid signature', 'JsonWebTokenError'),
    'api',
    ErrorCode.AUTH_ERROR,
    false,
  ],
  [
    'jose, expired',
    error({ code: 'ERR_JWT_EXPIRED' }, 'x', 'JWTExpired'),
    'api',
    ErrorCode.TOKEN_EXPIRED,
    false,
  ],
  [
    'jose',
    error({ code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' }),
    'api',
    ErrorCode.AUTH_ERROR,
    false,
  ],
  [
    'Firebase',
    error({ code: 'auth/id-token-expired' }, 'x', 'FirebaseAuthError'),
    'api',
    ErrorCode.TOKEN_EXPIRED,
    false,
  ],
  [
    'execa, late',
    error({ timedOut: true, isCanceled: false }, 'x', 'ExecaError'),
    'tool',
    ErrorCode.TOOL_TIMEOUT,
    false,
  ],
  [
    'execa, cancelled',
    error({ timedOut: false, isCanceled: true }, 'x', 'ExecaError'),
    'tool',
    ErrorCode.OPERATION_CANCELLED,
    false,
  ],
])('%s', (_name, raw, origin, code, retryable) => {
  const found = convertException(raw, { origin });
  expect([found.code, found.retryable]).toEqual([code, retryable]);
});

test('a program that exec ended after its limit', async () => {
  const run = promisify(exec)(`"${process.execPath}" -e "setTimeout(() => {}, 60000)"`, {
    timeout: 50,
  });
  const raw: unknown = await run.catch((thrown: unknown) => thrown);
  expect(convertException(raw, { origin: 'tool' }).code).toBe(ErrorCode.TOOL_TIMEOUT);
});
