import { describe, expect, test } from 'vitest';
import { convertException, ErrorCode, isRetryable } from '../../src/index.ts';

function error(fields: object, message = 'Failed.', name?: string): Error {
  const made = Object.assign(new Error(message), fields);
  if (name !== undefined) made.name = name;
  return made;
}

/** A class in the style before classes: its objects are errors by their prototype alone. */
function StatusCodeError(this: Error, fields: object): void {
  this.name = 'StatusCodeError';
  this.message = 'Failed.';
  Error.captureStackTrace(this);
  Object.assign(this, fields);
}
StatusCodeError.prototype = Object.create(Error.prototype);
const early = (fields: object): object =>
  Reflect.construct(StatusCodeError as unknown as new () => object, [fields]);

describe('403 that is a limit', () => {
  const answered = (data: object): string =>
    convertException(error({ status: 403, response: { status: 403, headers: {}, data } })).code;
  test.each([
    { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' },
    { error: { code: 403, message: 'x', errors: [{ reason: 'userRateLimitExceeded' }] } },
    { error: { code: 403, message: 'x', errors: [{ reason: 'rateLimitExceeded' }] } },
  ])('%j', (data) => {
    expect(answered(data)).toBe(ErrorCode.RATE_LIMITED);
  });
  test.each([
    { message: 'Resource not accessible by integration' },
    { error: { code: 403, message: 'Daily', errors: [{ reason: 'dailyLimitExceeded' }] } },
  ])('but not %j', (data) => {
    expect(answered(data)).toBe(ErrorCode.UPSTREAM_REJECTED);
  });
});

test.each<[string, string, boolean]>([
  ['ratelimited', ErrorCode.RATE_LIMITED, true],
  ['fatal_error', ErrorCode.UPSTREAM_ERROR, true],
  ['service_unavailable', ErrorCode.UPSTREAM_ERROR, true],
  ['request_timeout', ErrorCode.UPSTREAM_TIMEOUT, true],
  ['not_authed', ErrorCode.UPSTREAM_REJECTED, false],
  ['channel_not_found', ErrorCode.UPSTREAM_REJECTED, false],
])('the word of Slack in a response with success: %s', (word, code, retryable) => {
  const raw = error({ code: 'slack_webapi_platform_error', data: { ok: false, error: word } });
  const found = convertException(raw, { origin: 'api' });
  expect([found.code, isRetryable(found, { idempotent: true })]).toEqual([code, retryable]);
});

test.each(['', '<html>Sign in</html>', 'not a word of Slack'])(
  'the page %j of a proxy, as a word of Slack',
  (page) => {
    const raw = error({ code: 'slack_webapi_platform_error', data: { ok: false, error: page } });
    const found = convertException(raw, { origin: 'api' });
    expect([found.code, found.details]).toEqual([ErrorCode.UPSTREAM_BAD_RESPONSE, {}]);
  },
);

test.each<[number, string | undefined, boolean]>([
  [409, undefined, true],
  [409, 'false', false],
  [400, 'true', true],
  [503, 'false', false],
  [503, undefined, true],
])('Stripe, %s with the wish %s', (statusCode, wish, retryable) => {
  const headers = wish === undefined ? {} : { 'stripe-should-retry': wish };
  const raw = error({ type: 'StripeAPIError', statusCode, headers });
  expect(convertException(raw).retryable).toBe(retryable);
});

describe('an error whose class is a function', () => {
  test('has its status and its wait', () => {
    const response = { statusCode: 429, headers: { 'retry-after': '3' } };
    expect(convertException(early({ statusCode: 429, response }))).toMatchObject({
      code: ErrorCode.RATE_LIMITED,
      retryAfterMs: 3000,
    });
  });
  test('is found in the error around it', () => {
    const outer = error({ config: {}, error: early({ name: 'AbortError', type: 'aborted' }) });
    expect(convertException(outer).code).toBe(ErrorCode.OPERATION_CANCELLED);
  });
});

test.each<[object, string]>([
  [{ message: 'Non-200 status code (503)', code: 503 }, ErrorCode.UPSTREAM_ERROR],
  [{ message: 'Non-200 status code (401)', code: 401 }, ErrorCode.UPSTREAM_REJECTED],
  [
    { message: 'TypeError: fetch failed: connect ECONNREFUSED 127.0.0.1:9' },
    ErrorCode.CONNECTION_REFUSED,
  ],
  [{ message: 'TypeError: fetch failed: other side closed' }, ErrorCode.CONNECTION_RESET],
  [{ message: 'x', error: error({ code: 'ECONNRESET' }) }, ErrorCode.CONNECTION_RESET],
  [{ message: 'this is new' }, ErrorCode.API_ERROR],
])('the event of an EventSource or a WebSocket: %j', (fields, code) => {
  const event = Object.assign(new Event('error'), fields);
  expect(convertException(event, { origin: 'api' }).code).toBe(code);
});

test.each<[string, object, string, string]>([
  ['MariaDB', { errno: 45_012, code: 'ER_CONNECTION_TIMEOUT' }, 'yes', 'CONNECTION_TIMEOUT_9003'],
  [
    'MariaDB',
    { errno: 45_026, code: 'ER_SOCKET_TIMEOUT' },
    'conditional',
    'CONNECTION_TIMEOUT_9003',
  ],
  [
    'MariaDB',
    { errno: 45_009, code: 'ER_SOCKET_UNEXPECTED_CLOSE' },
    'conditional',
    'CONNECTION_RESET_9002',
  ],
  ['MariaDB', { errno: 45_013, code: 'ER_CMD_CONNECTION_CLOSED' }, 'no', 'CLIENT_CLOSED_9007'],
  ['MariaDB', { errno: 1146, code: 'ER_NO_SUCH_TABLE' }, 'no', 'DATABASE_ERROR_9200'],
  ['Oracle', { code: 'NJS-500' }, 'conditional', 'CONNECTION_RESET_9002'],
  ['Oracle', { code: 'ORA-03113' }, 'conditional', 'CONNECTION_RESET_9002'],
  ['Oracle', { code: 'NJS-511' }, 'yes', 'CONNECTION_REFUSED_9001'],
  ['Oracle', { code: 'NJS-530' }, 'yes', 'DNS_FAILURE_9004'],
  ['Oracle', { code: 'NJS-506' }, 'no', 'TLS_FAILURE_9005'],
  ['Oracle', { code: 'NJS-515' }, 'no', 'CONFIG_INVALID_3002'],
])('%s: %j is retried: %s', (_name, fields, retry, code) => {
  const found = convertException(error({ sqlState: '08S01', ...fields }), { origin: 'database' });
  expect([found.code, found.retry]).toEqual([code, retry]);
});

test('a timeout of the tedious that Sequelize brings along counts as a timeout', () => {
  class ConnectionError extends Error {}
  const original = Object.assign(new ConnectionError('Failed to connect to h:1433 in 300ms'), {
    code: 'ETIMEOUT',
  });
  const raw = error({ original }, original.message, 'SequelizeConnectionError');
  expect(convertException(raw).code).toBe(ErrorCode.CONNECTION_TIMEOUT);
});

test.each<[string, string, string, string]>([
  ['Error', 'Unexpected server response: 503', ErrorCode.UPSTREAM_ERROR, 'yes'],
  ['Error', 'Unexpected server response: 401', ErrorCode.UPSTREAM_REJECTED, 'no'],
  ['Error', 'Opening handshake has timed out', ErrorCode.UPSTREAM_TIMEOUT, 'yes'],
  ['Error', 'Connection lost before handshake', ErrorCode.CONNECTION_RESET, 'conditional'],
  ['Error', 'All configured authentication methods failed', ErrorCode.CONFIG_INVALID, 'no'],
  ['Error', 'unexpected response from server', ErrorCode.PROTOCOL_ERROR, 'no'],
  ['Error', 'Startup failed with message: fetch failed', ErrorCode.CONNECTION_ERROR, 'yes'],
  [
    'DeserializationError',
    'Unterminated string in JSON at position 3 (line 1 column 4)',
    ErrorCode.UPSTREAM_BAD_RESPONSE,
    'no',
  ],
  [
    'MongooseServerSelectionError',
    'Server selection timed out after 400 ms',
    ErrorCode.CONNECTION_ERROR,
    'yes',
  ],
])('%s: %s', (name, message, code, retry) => {
  const found = convertException(error({}, message, name), { origin: 'api' });
  expect([found.code, found.retry]).toEqual([code, retry]);
});

test('a timeout whose cause is a plain object', () => {
  const late = error({ cause: { timeout: 400 } }, 'request timed out after 400ms', 'x');
  expect(convertException(error({ cause: late }), { origin: 'api' }).code).toBe(
    ErrorCode.UPSTREAM_TIMEOUT,
  );
});

describe('AWS', () => {
  const refused = (name: string, status: number, fields: object = {}): readonly unknown[] => {
    const raw = error({ $metadata: { httpStatusCode: status }, ...fields }, 'm', name);
    const found = convertException(raw, { origin: 'api' });
    return [found.code, found.retryable];
  };
  test.each([
    ['TransactionConflictException', 400],
    ['ReplicatedWriteConflictException', 400],
    ['OperationAborted', 409],
    ['ConditionalRequestConflict', 409],
  ])('another writer: %s', (name, status) => {
    expect(refused(name, status)).toEqual([ErrorCode.DATABASE_CONFLICT, true]);
  });

  test.each([
    [['TransactionConflict', 'None'], true],
    [['None', 'ThrottlingError'], true],
    [['ProvisionedThroughputExceeded', undefined], true],
    [['TransactionConflict', 'ConditionalCheckFailed'], false],
    [['ValidationError'], false],
    [[], false],
  ])('a transaction that was canceled for %j', (codes, retryable) => {
    const reasons = codes.map((code) => (code === undefined ? {} : { Code: code }));
    const [, found] = refused('TransactionCanceledException', 400, {
      CancellationReasons: reasons,
    });
    expect(found).toBe(retryable);
  });

  test('limits and timeouts with other names', () => {
    expect(refused('RequestTimeout', 400)).toEqual([ErrorCode.UPSTREAM_TIMEOUT, true]);
    expect(refused('KmsThrottled', 400)).toEqual([ErrorCode.RATE_LIMITED, true]);
    expect(refused('RequestTimeTooSkewed', 403)).toEqual([ErrorCode.UPSTREAM_REJECTED, false]);
  });
});

test.each([
  ['unauthorized', 'Bad credentials', ErrorCode.LLM_PROVIDER_AUTH_FAILED],
  [
    'tokens_limit_reached',
    'Request body too large. Max size: 8000 tokens.',
    ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
  ],
  ['unknown_model', 'Unknown model: x', ErrorCode.LLM_MODEL_NOT_FOUND],
  ['RateLimitReached', 'Slow down.', ErrorCode.LLM_RATE_LIMITED],
])('the error of a body of Azure, thrown as it is: %s', (code, message, expected) => {
  expect(convertException({ code, message }, { origin: 'llm' }).code).toBe(expected);
});

test.each<[string, object, string, number | undefined]>([
  [
    'Hono',
    { status: 401, getResponse: () => new Response(''), res: undefined },
    ErrorCode.AUTH_ERROR,
    undefined,
  ],
  [
    'Hono',
    {
      status: 429,
      getResponse: () => new Response(''),
      res: new Response('', { headers: { 'retry-after': '4' } }),
    },
    ErrorCode.RATE_LIMITED,
    4000,
  ],
  [
    'h3',
    {
      status: 404,
      statusText: undefined,
      unhandled: undefined,
      headers: new Headers({ 'retry-after': '3' }),
    },
    ErrorCode.NOT_FOUND,
    3000,
  ],
  [
    'Fastify',
    { statusCode: 400, code: 'FST_ERR_VALIDATION', validation: [] },
    ErrorCode.BAD_REQUEST,
    undefined,
  ],
  [
    'Fastify',
    { statusCode: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' },
    ErrorCode.BAD_REQUEST,
    undefined,
  ],
])('the error that %s makes for its own caller: %j', (_name, fields, code, wait) => {
  const found = convertException(error(fields));
  expect([found.code, found.retryAfterMs]).toEqual([code, wait]);
});

test('a program that execa cannot find is a wrong setting, as one that Node cannot find', () => {
  const cause = error({ code: 'ENOENT', syscall: 'spawn nope', path: 'nope' }, 'spawn nope ENOENT');
  const raw = error({ code: 'ENOENT', shortMessage: 'Command failed', command: 'nope', cause });
  expect(convertException(raw).code).toBe(ErrorCode.CONFIG_INVALID);
});
