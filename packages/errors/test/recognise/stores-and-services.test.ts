import assert from 'node:assert';
import { describe, expect, test } from 'vitest';
import { convertException, ErrorCode, type ErrorOrigin, isRetryable } from '../../src/index.ts';
import { json, startAnswerServer } from '../support/answer-server.ts';

// The shapes of the errors as their packages make them.
const error = (fields: object, message = 'Failed.', name?: string): Error => {
  const made = Object.assign(new Error(message), fields);
  if (name !== undefined) Object.defineProperty(made, 'name', { value: name });
  return made;
};
const code = (thrown: unknown, origin?: ErrorOrigin): string =>
  convertException(thrown, { origin }).code;

const CASSANDRA = { info: 'Represents an error message from the server' };
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9042'), {
  code: 'ECONNREFUSED',
});

test.each<[string, unknown, string]>([
  [
    'a write timeout',
    error({ ...CASSANDRA, code: 0x1100 }, 'x', 'ResponseError'),
    'CONNECTION_TIMEOUT_9003',
  ],
  [
    'a read timeout',
    error({ ...CASSANDRA, code: 0x1200 }, 'x', 'ResponseError'),
    'CONNECTION_TIMEOUT_9003',
  ],
  [
    'too few replicas',
    error({ ...CASSANDRA, code: 0x1000 }, 'x', 'ResponseError'),
    'CONNECTION_ERROR_9000',
  ],
  [
    'overloaded',
    error({ ...CASSANDRA, code: 0x1001 }, 'x', 'ResponseError'),
    'SERVICE_UNAVAILABLE_1005',
  ],
  [
    'a wrong password',
    error({ ...CASSANDRA, code: 0x0100 }, 'x', 'ResponseError'),
    'CONFIG_INVALID_3002',
  ],
  [
    'an invalid query',
    error({ ...CASSANDRA, code: 0x2200 }, 'x', 'ResponseError'),
    'DATABASE_ERROR_9200',
  ],
  ['no free connection', error(CASSANDRA, 'x', 'BusyConnectionError'), 'POOL_EXHAUSTED_9006'],
  [
    'no host',
    error(
      { ...CASSANDRA, innerErrors: { '127.0.0.1:9042': refused } },
      'x',
      'NoHostAvailableError',
    ),
    'CONNECTION_REFUSED_9001',
  ],
  [
    'no host that was tried',
    error({ ...CASSANDRA, innerErrors: {} }, 'x', 'NoHostAvailableError'),
    'CONNECTION_ERROR_9000',
  ],
])('Cassandra: %s', (_, thrown, expected) => {
  expect(code(thrown, 'database')).toBe(expected);
});

test('Cassandra: a write without a response is retried only if it is idempotent; a read always', () => {
  const write = convertException(error({ ...CASSANDRA, code: 0x1100 }, 'x', 'ResponseError'));
  expect([isRetryable(write), isRetryable(write, { idempotent: true })]).toEqual([false, true]);
  const read = convertException(error({ ...CASSANDRA, code: 0x1200 }, 'x', 'ResponseError'));
  expect(isRetryable(read)).toBe(true);
});

test.each([
  ['TIMEOUT_EXCEEDED', 'CONNECTION_TIMEOUT_9003'],
  ['TOO_MANY_SIMULTANEOUS_QUERIES', 'POOL_EXHAUSTED_9006'],
  ['TOO_MANY_PARTS', 'RATE_LIMITED_9500'],
  ['NETWORK_ERROR', 'CONNECTION_ERROR_9000'],
  ['AUTHENTICATION_FAILED', 'CONFIG_INVALID_3002'],
  ['QUERY_WAS_CANCELLED', 'OPERATION_CANCELLED_1003'],
  ['SYNTAX_ERROR', 'DATABASE_ERROR_9200'],
])('ClickHouse: %s', (type, expected) => {
  expect(code(error({ code: '62', type }))).toBe(expected);
});

test('ClickHouse: memory of all queries is a passing lack, that of one query is not', () => {
  const fields = { code: '241', type: 'MEMORY_LIMIT_EXCEEDED' };
  expect(code(error(fields, '(total) memory limit exceeded'))).toBe('RESOURCE_EXHAUSTED_1006');
  expect(code(error(fields, 'Memory limit (for query) exceeded'))).toBe('DATABASE_ERROR_9200');
});

const postgrest = (word: string, message = 'Failed.', details = ''): object => ({
  message,
  details,
  hint: '',
  code: word,
});
const caused = (by: string): string =>
  `TypeError: fetch failed\n\nCaused by: Error: ${by}\n    at x`;

test.each<[object, string]>([
  [
    postgrest('23505', 'duplicate key', 'Key (email)=(jo@example.com) already exists.'),
    'DATABASE_ERROR_9200',
  ],
  [postgrest('40001'), 'DATABASE_CONFLICT_9202'],
  [postgrest('57014', 'canceling statement due to statement timeout'), 'OPERATION_TIMEOUT_1002'],
  [postgrest('PGRST000'), 'CONNECTION_ERROR_9000'],
  [postgrest('PGRST003'), 'POOL_EXHAUSTED_9006'],
  [postgrest('PGRST301'), 'UPSTREAM_REJECTED_2012'],
  [
    postgrest(
      '',
      'TypeError: fetch failed',
      caused('connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)'),
    ),
    'CONNECTION_REFUSED_9001',
  ],
  [
    postgrest('', 'TypeError: terminated', caused('other side closed (UND_ERR_SOCKET)')),
    'CONNECTION_RESET_9002',
  ],
  [
    postgrest('', 'TypeError: terminated', caused('incorrect header check (Z_DATA_ERROR)')),
    'UPSTREAM_BAD_RESPONSE_2013',
  ],
  [
    postgrest('', 'TimeoutError: The operation was aborted due to timeout'),
    'CONNECTION_TIMEOUT_9003',
  ],
  [postgrest('', 'AbortError: This operation was aborted'), 'OPERATION_CANCELLED_1003'],
])('Supabase: %j', (thrown, expected) => {
  const converted = convertException(thrown, { origin: 'database' });
  expect(converted.code).toBe(expected);
  expect(JSON.stringify(converted)).not.toContain('jo@example.com');
});

test('Supabase: a function keeps its response, or the error of fetch, as context', () => {
  const response = new Response('', { status: 429, headers: { 'retry-after': '7' } });
  const limited = convertException(error({ context: response }), { origin: 'api' });
  expect([limited.code, limited.retryAfterMs]).toEqual(['RATE_LIMITED_9500', 7000]);
  expect(code(error({ context: refused }), 'api')).toBe('CONNECTION_REFUSED_9001');
});

test.each<[string, ErrorOrigin, string]>([
  ['socket timed out waiting on response.', 'cache', 'CONNECTION_TIMEOUT_9003'],
  ['No servers available', 'cache', 'CACHE_UNAVAILABLE_8501'],
  ['Server at 127.0.0.1:11211 not available', 'cache', 'CACHE_UNAVAILABLE_8501'],
  ['MemJS GET: Temporary failure', 'cache', 'CACHE_UNAVAILABLE_8501'],
  ['MemJS GET: Value too large', 'cache', 'CACHE_ERROR_8500'],
  ['Timeout error.', 'database', 'CONNECTION_TIMEOUT_9003'],
  ['Error while making request: timeout of 700ms exceeded.', 'api', 'UPSTREAM_TIMEOUT_2011'],
  ['Failed to connect before the deadline', 'task', 'TASK_TIMEOUT_7004'],
  ['The option timeout must be a number', 'api', 'API_ERROR_2000'],
  ['Error reading response as text: aborted', 'api', 'CONNECTION_RESET_9002'],
  ['Error reading response as text: incorrect header check', 'api', 'UPSTREAM_BAD_RESPONSE_2013'],
  [
    'Invalid execution result: result is not object or array. \nGot:\n<html>',
    'api',
    'UPSTREAM_BAD_RESPONSE_2013',
  ],
  [`Unexpected token '<', "<html>" is not valid JSON`, 'api', 'UPSTREAM_BAD_RESPONSE_2013'],
  ['apiRequestContext.get: 503 Service Unavailable\nResponse text:', 'tool', 'UPSTREAM_ERROR_2010'],
  ['{"error":{"message":"Down","code":503,"status":"X"}}', 'database', 'UPSTREAM_ERROR_2010'],
  [
    'page.goto: net::ERR_CONNECTION_REFUSED at https://a.example/',
    'tool',
    'CONNECTION_REFUSED_9001',
  ],
  ['net::ERR_NAME_NOT_RESOLVED at https://a.example/', 'tool', 'DNS_FAILURE_9004'],
  ['page.goto: net::ERR_CERT_DATE_INVALID at https://a.example/', 'tool', 'TLS_FAILURE_9005'],
  ['page.goto: net::ERR_EMPTY_RESPONSE at https://a.example/', 'tool', 'CONNECTION_RESET_9002'],
  [
    'page.goto: net::ERR_TOO_MANY_REDIRECTS at https://a.example/',
    'tool',
    'UPSTREAM_BAD_RESPONSE_2013',
  ],
  ['page.goto: net::ERR_ABORTED at https://a.example/', 'tool', 'TOOL_ERROR_7500'],
  ['page.goto: NS_ERROR_UNKNOWN_HOST', 'tool', 'DNS_FAILURE_9004'],
  ['page.click: Target page, context or browser has been closed', 'tool', 'CLIENT_CLOSED_9007'],
  ["browserType.launch: Executable doesn't exist at /root/chrome", 'tool', 'CONFIG_INVALID_3002'],
])('a sentence alone: %s', (message, origin, expected) => {
  expect(code(error({}, message), origin)).toBe(expected);
});

test.each<ErrorOrigin>(['database', 'memory', 'cache'])(
  'a response of a store that is not JSON: %s',
  (origin) => {
    expect(code(new SyntaxError('Unexpected end of JSON input'), origin)).toBe(
      'UPSTREAM_BAD_RESPONSE_2013',
    );
    expect(code(error({ code: 'Z_DATA_ERROR' }, 'incorrect header check'), origin)).toBe(
      'UPSTREAM_BAD_RESPONSE_2013',
    );
  },
);

test.each([
  ['messaging/message-rate-exceeded', 'RATE_LIMITED_9500'],
  ['auth/quota-exceeded', 'RATE_LIMITED_9500'],
  ['messaging/server-unavailable', 'UPSTREAM_ERROR_2010'],
  ['messaging/internal-error', 'UPSTREAM_ERROR_2010'],
  ['messaging/registration-token-not-registered', 'UPSTREAM_REJECTED_2012'],
  ['app/network-timeout', 'UPSTREAM_TIMEOUT_2011'],
  ['app/network-error', 'CONNECTION_ERROR_9000'],
  ['app/app-deleted', 'CLIENT_CLOSED_9007'],
  ['auth/id-token-expired', 'TOKEN_EXPIRED_4002'],
])('Firebase: %s', (word, expected) => {
  expect(code(error({ code: word, errorInfo: { code: word } }))).toBe(expected);
  // Another library, such as ESLint, has such words too.
  if (!word.startsWith('auth/')) expect(code(error({ code: word }))).toBe('UNKNOWN_ERROR_1001');
});

test('a response of GraphQL whose errors have a code', () => {
  const answer = (extensions: object): Error =>
    error({ response: { status: 200, errors: [{ message: 'No.', extensions }] } });
  expect(code(answer({ code: 'RATE_LIMITED' }), 'api')).toBe('RATE_LIMITED_9500');
  expect(code(answer({ code: 'INTERNAL_SERVER_ERROR' }), 'api')).toBe('UPSTREAM_ERROR_2010');
  expect(code(answer({ code: 'BAD_USER_INPUT' }), 'api')).toBe('UPSTREAM_REJECTED_2012');
});

describe('Temporal', () => {
  const failure = (name: string, fields: object = {}): Error =>
    error({ failure: undefined, ...fields }, 'Failed.', name);
  const timeout = failure('TimeoutFailure', { timeoutType: 'START_TO_CLOSE' });

  test.each<[string, Error, string]>([
    ['a timeout', timeout, 'TASK_TIMEOUT_7004'],
    ['a cancellation', failure('CancelledFailure'), 'OPERATION_CANCELLED_1003'],
    [
      'a workflow whose activity was late',
      error(
        { cause: error({ cause: timeout }, 'x', 'ActivityFailure') },
        'x',
        'WorkflowFailedError',
      ),
      'TASK_TIMEOUT_7004',
    ],
    [
      'an error of the application',
      failure('ApplicationFailure', { type: 'CardRefused', nonRetryable: true }),
      'TASK_ERROR_7000',
    ],
    ['a fault of the server', failure('ServerFailure'), 'UPSTREAM_ERROR_2010'],
    ['a workflow that is missing', error({}, 'x', 'WorkflowNotFoundError'), 'TASK_NOT_FOUND_7001'],
    [
      'a workflow that runs',
      failure('WorkflowExecutionAlreadyStartedError'),
      'TASK_INVALID_STATE_7003',
    ],
  ])('%s', (_, thrown, expected) => {
    expect(code(thrown, 'task')).toBe(expected);
  });

  test('a fault that must not be retried is not', () => {
    const final = convertException(failure('ServerFailure', { nonRetryable: true }));
    expect(final.retryable).toBe(false);
  });
});

test('the clients of Google Cloud: their own retries have no metadata', () => {
  expect(code(error({ code: 14, note: 'x' }))).toBe('UPSTREAM_ERROR_2010');
  const retryDelay = { seconds: { low: 7, high: 0, unsigned: false } };
  const limited = convertException(
    error({ code: 8, note: undefined, statusDetails: [{ retryDelay }] }),
  );
  expect([limited.code, limited.retryAfterMs]).toEqual(['RATE_LIMITED_9500', 7000]);
  // The exit code of a program is not a status of gRPC.
  expect(code(error({ code: 14 }))).toBe('UNKNOWN_ERROR_1001');
});

test('Firestore: a transaction that was aborted is a conflict of the database', () => {
  const details = 'Too much contention on these documents. Please try again.';
  const metadata = { get: () => [] };
  const aborted = error({ code: 10, details, metadata, note: '' }, `10 ABORTED: ${details}`);
  expect(convertException(aborted, { origin: 'database' })).toMatchObject({
    code: 'DATABASE_CONFLICT_9202',
    retryable: true,
    details: { grpc_status: 10 },
  });
  expect(convertException(aborted).code).toBe('UPSTREAM_ERROR_2010');
});

test("a failed check of Node's assert, as in pg-boss, is an error of the program", () => {
  const check = () => assert(Number.isInteger(1.5), 'priority must be an integer');
  expect(check).toThrow(assert.AssertionError);
  for (const origin of [undefined, 'database'] as const) {
    try {
      check();
    } catch (thrown) {
      const { code, message, retryable } = convertException(thrown, { origin });
      expect([code, message, retryable]).toEqual([
        'PROGRAMMING_ERROR_1010',
        'priority must be an integer',
        false,
      ]);
    }
  }
});

test('Prisma: a raw query keeps the code of the database, a start has a sentence', () => {
  const raw = { code: 'P2010', clientVersion: '7.0.0' };
  const cause = { kind: 'postgres', originalCode: '40001' };
  expect(code(error({ ...raw, meta: { code: '40001' } }))).toBe('DATABASE_CONFLICT_9202');
  expect(code(error({ ...raw, meta: { driverAdapterError: { cause } } }))).toBe(
    'DATABASE_CONFLICT_9202',
  );
  const start = error({ clientVersion: '7.0.0' }, "Can't reach database server at `db:5432`");
  expect(code(start)).toBe('CONNECTION_REFUSED_9001');
});

describe('what is thrown is a response', () => {
  test('of a service', async () => {
    await using server = await startAnswerServer(json(503, {}, { 'retry-after': '7' }));
    const converted = convertException(await fetch(`${server.url}/items?key=NOBODYMAYSEE`));
    expect([converted.code, converted.retryAfterMs]).toEqual([ErrorCode.UPSTREAM_ERROR, 7000]);
    expect(converted.message).toBe('503 Service Unavailable');
    expect(JSON.stringify(converted)).not.toContain('NOBODYMAYSEE');
  });

  test('of the application', () => {
    expect(code(new Response('', { status: 404 }))).toBe('NOT_FOUND_2002');
    expect(code(new Response('', { status: 302 }))).toBe('UNKNOWN_ERROR_1001');
  });

  test('a plain object with a status, where a service was called', () => {
    const thrown = { error: null, status: 503, statusText: 'Service Unavailable' };
    expect(code(thrown, 'database')).toBe('UPSTREAM_ERROR_2010');
    expect(code(thrown)).toBe('UNKNOWN_ERROR_1001');
  });
});

test('a message without the colors and the stack that a library puts into it', () => {
  const cause =
    'Error: connect ECONNREFUSED\n    at TCPConnectWrap.done (node:net:2021:16) {\n  x: 1 }';
  expect(convertException(error({}, `Tried \u001b[2mone\u001b[22m host: ${cause}`)).message).toBe(
    'Tried one host: Error: connect ECONNREFUSED',
  );
});
