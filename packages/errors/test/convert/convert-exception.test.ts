import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import Boom from '@hapi/boom';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Ajv } from 'ajv';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { envSchema } from 'env-schema';
import CircuitBreaker from 'opossum';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  BaseError,
  ConnectionError,
  type ConvertOptions,
  convertException,
  ErrorCode,
  isRetryable,
  SystemError,
} from '../../src/index.ts';
import { caught } from '../support/caught.ts';

async function converted(run: () => unknown, options?: ConvertOptions): Promise<BaseError> {
  return convertException(await caught(run), options);
}

const shaped = (name: string, fields: object, message = 'It failed.'): Error =>
  Object.assign(new Error(message), { name }, fields);

describe('the contract', () => {
  test('an own error comes back as it is', () => {
    const error = new SystemError({ code: ErrorCode.SYSTEM_ERROR, message: 'Ours.' });
    expect(convertException(error, { defaultCode: ErrorCode.API_ERROR })).toBe(error);
  });

  test('the caller knows better: message and details', () => {
    const raw = shaped('Error', { code: 'ECONNREFUSED', port: 1 });
    const found = convertException(raw, {
      defaultCode: ErrorCode.API_ERROR,
      defaultMessage: 'External API call failed',
      details: { operation: 'load' },
    });
    expect(found).toBeInstanceOf(ConnectionError);
    expect(found.originalError).toBe(raw);
    expect(found.toJSON()).toMatchObject({
      code: ErrorCode.CONNECTION_REFUSED,
      message: 'External API call failed',
      details: { operation: 'load', port: 1 },
    });
  });

  test('what nothing recognises gets the default code, or the one of its origin', () => {
    const raw = new Error('Strange.');
    expect(convertException(raw).code).toBe(ErrorCode.UNKNOWN_ERROR);
    expect(convertException(raw, { origin: 'agent' }).code).toBe(ErrorCode.AGENT_ERROR);
    const options = { origin: 'agent', defaultCode: ErrorCode.TASK_ERROR } as const;
    expect(convertException(raw, options).code).toBe(ErrorCode.TASK_ERROR);
    const wrong = { defaultCode: 'NOPE' as never };
    expect(convertException(raw, wrong).code).toBe(ErrorCode.UNKNOWN_ERROR);
  });

  test('a wrapped cause is found, an own one with its wait', () => {
    const wrapped = new Error('Outer.', {
      cause: new Error('Middle.', { cause: shaped('Error', { code: 'ENOTFOUND' }) }),
    });
    expect(convertException(wrapped).code).toBe(ErrorCode.DNS_FAILURE);
    const own = new BaseError({
      code: ErrorCode.LLM_RATE_LIMITED,
      message: 'Slow down.',
      retryAfterMs: 5,
      retryable: false,
    });
    const found = convertException(new Error('Outer.', { cause: own }));
    expect(found).toMatchObject({ code: own.code, retryAfterMs: 5, retryable: false });
  });

  test.each([
    ['a string', 'enough', 'enough'],
    ['nothing', undefined, 'Something went wrong on our side.'],
    ['null', null, 'Something went wrong on our side.'],
    ['a number', 7, 'Something went wrong on our side.'],
    ['an object', { message: 'Plain.' }, 'Plain.'],
  ])('%s that was thrown', (_title, value, message) => {
    const found = convertException(value);
    expect(found).toMatchObject({ code: ErrorCode.UNKNOWN_ERROR, message });
  });

  test('numbers as codes mean nothing by themselves', () => {
    for (const code of [4, 14, 20, 23]) {
      expect(convertException(shaped('Error', { code })).code).toBe(ErrorCode.UNKNOWN_ERROR);
    }
  });
});

describe('Node', () => {
  test('files', async () => {
    const missing = await converted(() => readFile('/nope'));
    expect(missing.code).toBe(ErrorCode.FILE_SYSTEM_ERROR);
    expect(missing.details).toMatchObject({ system_code: 'ENOENT', path: '/nope' });
    expect((await converted(() => readFile('/'))).code).toBe(ErrorCode.FILE_SYSTEM_ERROR);
  });

  test('a program that is not there, and one that fails', async () => {
    const run = promisify(execFile);
    expect((await converted(() => run('/nope/nope'))).code).toBe(ErrorCode.CONFIG_INVALID);
    const failed = await converted(() => run('sh', ['-c', 'echo NOBODYMAYSEE; exit 4']), {
      defaultCode: ErrorCode.TOOL_ERROR,
    });
    expect(failed.code).toBe(ErrorCode.TOOL_ERROR);
    expect(JSON.stringify(failed)).not.toContain('NOBODYMAYSEE');
  });

  test('a port that is taken', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const second = createServer();
    const raw = new Promise((_, reject) => second.on('error', reject).listen(first.address()));
    expect((await converted(() => raw)).code).toBe(ErrorCode.CONFIG_INVALID);
    first.close();
  });

  test('a worker without memory', async () => {
    const worker = new Worker('const a = []; for (;;) a.push(new Array(1e5).fill(1));', {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 8 },
    });
    const raw = new Promise((_, reject) => worker.on('error', reject));
    expect((await converted(() => raw)).code).toBe(ErrorCode.RESOURCE_EXHAUSTED);
  });

  test('an invalid module and an invalid URL', async () => {
    const module = './no-such-module.js';
    expect((await converted(() => import(module), {})).retryable).toBe(false);
    expect((await converted(() => new URL('NOBODYMAYSEE'))).code).toBe(ErrorCode.CONFIG_INVALID);
  });

  test.each([
    ['ENOSPC', ErrorCode.STORAGE_FULL],
    ['EMFILE', ErrorCode.RESOURCE_EXHAUSTED],
    ['EACCES', ErrorCode.FILE_SYSTEM_ERROR],
    ['EHOSTUNREACH', ErrorCode.CONNECTION_ERROR],
    ['ENETUNREACH', ErrorCode.CONNECTION_ERROR],
    ['EPIPE', ErrorCode.CONNECTION_RESET],
    ['ETIMEDOUT', ErrorCode.CONNECTION_TIMEOUT],
    ['EAI_AGAIN', ErrorCode.DNS_FAILURE],
    ['ESERVFAIL', ErrorCode.DNS_FAILURE],
    ['ETIMEOUT', ErrorCode.DNS_FAILURE],
    ['UND_ERR_CONNECT_TIMEOUT', ErrorCode.CONNECTION_TIMEOUT],
    ['UND_ERR_HEADERS_TIMEOUT', ErrorCode.UPSTREAM_TIMEOUT],
    ['UND_ERR_BODY_TIMEOUT', ErrorCode.UPSTREAM_TIMEOUT],
    ['UND_ERR_SOCKET', ErrorCode.CONNECTION_RESET],
    ['CERT_HAS_EXPIRED', ErrorCode.TLS_FAILURE],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', ErrorCode.TLS_FAILURE],
    ['ERR_TLS_CERT_ALTNAME_INVALID', ErrorCode.TLS_FAILURE],
    ['ERR_SSL_WRONG_VERSION_NUMBER', ErrorCode.TLS_FAILURE],
    ['HPE_INVALID_CONSTANT', ErrorCode.PROTOCOL_ERROR],
    ['MODULE_NOT_FOUND', ErrorCode.CONFIG_INVALID],
    ['toString', ErrorCode.UNKNOWN_ERROR],
  ])('the system code %s', (code, expected) => {
    expect(convertException(shaped('Error', { code })).code).toBe(expected);
  });

  test('a socket file that is missing is a server that is not there', () => {
    const raw = shaped('Error', { code: 'ENOENT', syscall: 'connect', address: '/run/x.sock' });
    expect(convertException(raw).code).toBe(ErrorCode.CONNECTION_REFUSED);
  });

  test('several errors at once', () => {
    const refused = (address: string): Error =>
      shaped('Error', { code: 'ECONNREFUSED', address }, `connect ECONNREFUSED ${address}`);
    const same = Object.assign(new AggregateError([refused('::1'), refused('127.0.0.1')], ''), {
      code: 'ECONNREFUSED',
    });
    const found = convertException(same);
    expect(found.code).toBe(ErrorCode.CONNECTION_REFUSED);
    expect(found.message).toContain('connect ECONNREFUSED ::1');

    const mixed = Object.assign(
      new AggregateError([shaped('Error', { code: 'ENETUNREACH' }), new TypeError('x')], ''),
      { code: 'ENETUNREACH' },
    );
    expect(convertException(mixed).code).toBe(ErrorCode.MULTIPLE_ERRORS);
    expect(isRetryable(mixed)).toBe(true);
    const hopeless = new AggregateError([new TypeError('x'), new Error('y')], 'Both.');
    expect(isRetryable(hopeless)).toBe(false);
  });

  test('errors of the language', async () => {
    const none = undefined as unknown as { x: number };
    expect((await converted(() => none.x)).code).toBe(ErrorCode.PROGRAMMING_ERROR);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const value of [circle, 1n]) {
      const found = await converted(() => JSON.stringify(value));
      expect(found.code).toBe(ErrorCode.SERIALIZATION_ERROR);
    }
    const clone = await converted(() => structuredClone(() => 1));
    expect(clone.code).toBe(ErrorCode.SERIALIZATION_ERROR);
    const script = await converted(() => new Function('1 +* 2'));
    expect(script.code).toBe(ErrorCode.PROGRAMMING_ERROR);
  });

  test('text that is not JSON, by origin', async () => {
    const raw = await caught(() => JSON.parse('{"a": NOBODYMAYSEE'));
    expect(convertException(raw).code).toBe(ErrorCode.VALIDATION_ERROR);
    expect(convertException(raw, { origin: 'llm' }).code).toBe(ErrorCode.LLM_INVALID_RESPONSE);
    expect(convertException(raw, { origin: 'api' }).code).toBe(ErrorCode.UPSTREAM_BAD_RESPONSE);
    expect(JSON.stringify(convertException(raw))).not.toContain('NOBODYMAYSEE');
  });

  test('signals', async () => {
    const reason = (signal: AbortSignal): void => signal.throwIfAborted();
    const aborted = await converted(() => reason(AbortSignal.abort()));
    expect(aborted.code).toBe(ErrorCode.OPERATION_CANCELLED);
    const raw = await caught(() => reason(AbortSignal.abort()));
    const { signal } = new AbortController();
    expect(convertException(raw, { origin: 'tool', signal }).code).toBe(ErrorCode.TOOL_TIMEOUT);
    const late = new DOMException('Late.', 'TimeoutError');
    expect(convertException(late).code).toBe(ErrorCode.OPERATION_TIMEOUT);
    expect(convertException(late, { origin: 'task' }).code).toBe(ErrorCode.TASK_TIMEOUT);
    const wrapped = new Error('Stopped.', { cause: late });
    wrapped.name = 'AbortError';
    expect(convertException(wrapped).code).toBe(ErrorCode.OPERATION_TIMEOUT);
  });
});

describe('validation', () => {
  test('zod', async () => {
    const schema = z.object({ user: z.object({ age: z.number() }), tags: z.array(z.string()) });
    const found = await converted(() => schema.parse({ user: { age: 'NOBODYMAYSEE' }, tags: [1] }));
    expect(found.code).toBe(ErrorCode.SCHEMA_MISMATCH);
    expect(found.details).toMatchObject({ issues: [{ path: 'user.age' }, { path: 'tags.0' }] });
    expect(found.message).toMatch(/^user\.age: /);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('ajv', async () => {
    const validate = new Ajv({ allErrors: true }).compile({
      $async: true,
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['b'],
    });
    const found = await converted(() => validate({ a: 1 }));
    expect(found.code).toBe(ErrorCode.SCHEMA_MISMATCH);
    expect(found.details).toMatchObject({
      issues: [{ path: '', message: "must have required property 'b'" }, { path: 'a' }],
    });
  });

  test.each([
    ['assert', (value: unknown) => Value.Assert(Type.Object({ a: Type.String() }), value)],
    [
      'decode',
      (value: unknown) =>
        Value.Decode(
          Type.Transform(Type.Object({ a: Type.String() }))
            .Decode(Number)
            .Encode(() => ({ a: '' })),
          value,
        ),
    ],
  ])('TypeBox: %s', async (_title, check) => {
    const found = await converted(() => check({ a: ['NOBODYMAYSEE'] }));
    expect(found.code).toBe(ErrorCode.SCHEMA_MISMATCH);
    expect(found.details).toMatchObject({ issues: [{ path: 'a', message: 'Expected string' }] });
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('TypeBox: a transform that refuses', async () => {
    const schema = Type.Transform(Type.String())
      .Decode((): string => {
        throw new Error('No.');
      })
      .Encode(String);
    const found = await converted(() => Value.Decode(schema, 'NOBODYMAYSEE'));
    expect(found.code).toBe(ErrorCode.SCHEMA_MISMATCH);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test('env-schema', async () => {
    const schema = Type.Object({ PORT: Type.Number(), KEY: Type.String() });
    const found = await converted(() => envSchema({ schema, data: { PORT: 'x' }, env: false }));
    expect(found.code).toBe(ErrorCode.CONFIG_INVALID);
    expect(found.details).toMatchObject({ issues: [{ path: '' }, { path: 'PORT' }] });
  });
});

describe('limits', () => {
  test('cockatiel', async () => {
    const breaker = circuitBreaker(handleAll, {
      halfOpenAfter: 60_000,
      breaker: new ConsecutiveBreaker(1),
    });
    await caught(() => breaker.execute(() => Promise.reject(new Error('x'))));
    const open = await caught(() => breaker.execute(() => 1));
    expect(open).toBeInstanceOf(BrokenCircuitError);
    expect(convertException(open).code).toBe(ErrorCode.CIRCUIT_OPEN);
    expect(convertException(new BulkheadRejectedError(1, 0)).code).toBe(ErrorCode.BULKHEAD_FULL);
    const limit = timeout(5, TimeoutStrategy.Aggressive);
    const late = await caught(() => limit.execute(() => new Promise(() => {})));
    expect(convertException(late, { origin: 'tool' }).code).toBe(ErrorCode.TOOL_TIMEOUT);
  });

  test('opossum', async () => {
    const failing = new CircuitBreaker(async () => Promise.reject(new Error('x')), {
      volumeThreshold: 1,
      errorThresholdPercentage: 1,
    });
    await caught(() => failing.fire());
    expect((await converted(() => failing.fire())).code).toBe(ErrorCode.CIRCUIT_OPEN);
    failing.shutdown();
    expect((await converted(() => failing.fire())).code).toBe(ErrorCode.CLIENT_CLOSED);

    const slow = new CircuitBreaker(() => new Promise(() => {}), { timeout: 5, capacity: 1 });
    const first = slow.fire();
    expect((await converted(() => slow.fire())).code).toBe(ErrorCode.BULKHEAD_FULL);
    expect((await converted(() => first)).code).toBe(ErrorCode.OPERATION_TIMEOUT);
    slow.shutdown();
  });
});

describe('services', () => {
  const aws = (name: string, fields: object): Error =>
    shaped(name, {
      $metadata: { httpStatusCode: 400, requestId: 'r1' },
      $fault: 'client',
      ...fields,
    });

  test.each([
    ['ThrottlingException', {}, ErrorCode.RATE_LIMITED],
    ['Odd', { $retryable: { throttling: true } }, ErrorCode.RATE_LIMITED],
    ['AccessDeniedException', { $metadata: { httpStatusCode: 403 } }, ErrorCode.UPSTREAM_REJECTED],
    ['InternalServerError', { $metadata: { httpStatusCode: 500 } }, ErrorCode.UPSTREAM_ERROR],
    ['TimeoutError', { $metadata: {}, code: 'ETIMEDOUT' }, ErrorCode.CONNECTION_TIMEOUT],
  ])('AWS: %s %j', (name, fields, code) => {
    expect(convertException(aws(name, fields)).code).toBe(code);
  });

  // Thrown so by @aws-sdk/client-bedrock-runtime, with the sentences of the service.
  test.each<[string, number, string, string]>([
    [
      'ValidationException',
      400,
      'Input is too long for requested model.',
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
    [
      'ValidationException',
      400,
      'The provided model identifier is invalid.',
      ErrorCode.LLM_MODEL_NOT_FOUND,
    ],
    ['ValidationException', 400, 'Malformed input request.', ErrorCode.LLM_INVALID_REQUEST],
    ['ServiceQuotaExceededException', 400, 'Quota.', ErrorCode.LLM_QUOTA_EXCEEDED],
    [
      'ThrottlingException',
      429,
      'Too many tokens per day, please wait before trying again.',
      ErrorCode.LLM_QUOTA_EXCEEDED,
    ],
    [
      'ThrottlingException',
      429,
      'Too many tokens, please wait before trying again.',
      ErrorCode.LLM_RATE_LIMITED,
    ],
    ['ModelErrorException', 424, 'Failed.', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ['SyntaxError', 200, 'Unexpected token', ErrorCode.LLM_INVALID_RESPONSE],
    // Events of a stream.
    [
      'ValidationException',
      200,
      'Input is too long for requested model.',
      ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED,
    ],
    ['ModelStreamErrorException', 200, 'Failed.', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ['InternalServerException', 200, 'Failed.', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ['modelTimeoutException', 200, 'Failed.', ErrorCode.LLM_TIMEOUT],
    ['InternalError', 200, 'Failed.', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
    ['Error', 200, 'Truncated event message received.', ErrorCode.LLM_STREAM_INTERRUPTED],
  ])('Bedrock: %s %i %s', (name, httpStatusCode, message, code) => {
    const raw = Object.assign(aws(name, { $metadata: { httpStatusCode } }), { message });
    expect(convertException(raw, { origin: 'llm' }).code).toBe(code);
  });

  // An exception inside the stream of ConverseStream has no metadata.
  test.each([
    ['ThrottlingException', 'Too many tokens, please wait.', ErrorCode.LLM_RATE_LIMITED],
    ['ValidationException', 'Input is too long.', ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED],
    ['ModelStreamErrorException', 'Failed.', ErrorCode.LLM_PROVIDER_UNAVAILABLE],
  ])('Bedrock: %s inside a stream', (name, message, code) => {
    const fields = { $metadata: undefined, $fault: 'client', message };
    expect(convertException(aws(name, fields), { origin: 'llm' }).code).toBe(code);
  });

  test('AWS: the event of a stream, its region and its credentials', () => {
    const event = aws('InternalFailureException', {
      $metadata: { httpStatusCode: 200 },
      $fault: 'server',
    });
    expect(convertException(event).code).toBe(ErrorCode.UPSTREAM_ERROR);
    expect(convertException(new Error('Region is missing')).code).toBe(ErrorCode.CONFIG_MISSING);
    const none = shaped('CredentialsProviderError', { tryNextLink: false });
    expect(convertException(none).code).toBe(ErrorCode.CONFIG_MISSING);
  });

  test('AWS: throttling of a model, and the request id', () => {
    const found = convertException(aws('ThrottlingException', {}), { origin: 'llm' });
    expect(found.code).toBe(ErrorCode.LLM_RATE_LIMITED);
    expect(found.details).toMatchObject({ request_id: 'r1' });
  });

  test.each([
    [1, ErrorCode.OPERATION_CANCELLED],
    [4, ErrorCode.UPSTREAM_TIMEOUT],
    [5, ErrorCode.UPSTREAM_REJECTED],
    [8, ErrorCode.RATE_LIMITED],
    [14, ErrorCode.UPSTREAM_ERROR],
    [16, ErrorCode.UPSTREAM_REJECTED],
  ])('gRPC: status %i', (code, expected) => {
    const metadata = new Map([['authorization', 'NOBODYMAYSEE']]);
    const found = convertException(shaped('Error', { code, details: 'Text.', metadata }));
    expect(found.code).toBe(expected);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });

  test.each([
    ['StripeRateLimitError', { statusCode: 429 }, ErrorCode.RATE_LIMITED],
    ['StripeCardError', { statusCode: 402, code: 'card_declined' }, ErrorCode.UPSTREAM_REJECTED],
    ['StripeAPIError', { statusCode: 500 }, ErrorCode.UPSTREAM_ERROR],
    ['StripeConnectionError', {}, ErrorCode.CONNECTION_ERROR],
  ])('Stripe: %s', (type, fields, code) => {
    expect(convertException(shaped('Error', { type, ...fields })).code).toBe(code);
  });

  test('Boom', () => {
    expect(convertException(Boom.tooManyRequests('Slow.', { x: 'NOBODYMAYSEE' })).code).toBe(
      ErrorCode.RATE_LIMITED,
    );
    expect(convertException(Boom.unauthorized('Who?')).code).toBe(ErrorCode.AUTH_ERROR);
    expect(convertException(Boom.notFound('What?')).code).toBe(ErrorCode.NOT_FOUND);
    expect(convertException(Boom.internal('Oh.')).code).toBe(ErrorCode.SYSTEM_ERROR);
  });

  test('Nest', () => {
    class HttpException extends Error {
      getStatus(): number {
        return 409;
      }
      getResponse(): object {
        return {};
      }
    }
    expect(convertException(new HttpException('Twice.')).code).toBe(ErrorCode.CONFLICT);
  });

  test.each([
    ['ER_LOCK_DEADLOCK', ErrorCode.DATABASE_CONFLICT],
    ['ER_ACCESS_DENIED_ERROR', ErrorCode.CONFIG_INVALID],
    ['ER_CON_COUNT_ERROR', ErrorCode.POOL_EXHAUSTED],
    ['ER_DUP_ENTRY', ErrorCode.DATABASE_ERROR],
  ])('MySQL: %s', (code, expected) => {
    const raw = shaped('Error', { code, errno: 1, sqlState: '40001', sql: 'NOBODYMAYSEE' });
    const found = convertException(raw);
    expect(found.code).toBe(expected);
    expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  });
});

test('an error of MAP keeps its code inside the errors of libraries that wrap it', () => {
  const inner = new ConnectionError({
    code: ErrorCode.EGRESS_BLOCKED,
    message: 'Not there.',
    details: { host: '10.0.0.1' },
  });
  class APIConnectionTimeoutError extends Error {}
  const wrapped = new APIConnectionTimeoutError('Request timed out.', { cause: inner });
  const wrappings = [
    new TypeError('fetch failed', { cause: inner }),
    wrapped,
    Object.assign(new Error('aborted', { cause: inner }), { name: 'AbortError' }),
  ];
  for (const error of wrappings) {
    const converted = convertException(error, { origin: 'llm' });
    expect(converted.code).toBe(ErrorCode.EGRESS_BLOCKED);
    expect(converted.message).toBe('Not there.');
    expect(converted.details).toMatchObject({ host: '10.0.0.1' });
    expect(converted.originalError).toBe(error);
  }
  const own = convertException(new Error('Chapter 3 has no summary.', { cause: wrapped }));
  expect(own).toMatchObject({
    code: ErrorCode.EGRESS_BLOCKED,
    message: 'Chapter 3 has no summary.',
    details: { host: '10.0.0.1' },
  });
});
