import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AgentError,
  APIError,
  AuthError,
  BaseError,
  CacheError,
  ConfigurationError,
  ConnectionError,
  convertException,
  ErrorCode,
  findCodeInfo,
  isBaseError,
  LLMError,
  MemoryError,
  ResilienceError,
  SystemError,
  TaskError,
  ToolError,
  ValidationError,
} from '../../src/index.ts';

const CLASSES = {
  system: SystemError,
  api: APIError,
  configuration: ConfigurationError,
  validation: ValidationError,
  auth: AuthError,
  llm: LLMError,
  agent: AgentError,
  task: TaskError,
  tool: ToolError,
  memory: MemoryError,
  cache: CacheError,
  connection: ConnectionError,
  resilience: ResilienceError,
};

describe('codes', () => {
  test('the codes of the specification', () => {
    expect(ErrorCode.SYSTEM_ERROR).toBe('SYSTEM_ERROR_1000');
    expect(ErrorCode.API_ERROR).toBe('API_ERROR_2000');
  });

  test.each(Object.entries(ErrorCode))('%s', (key, code) => {
    expect(code).toMatch(new RegExp(`^${key}_\\d{4}$`));
    const info = findCodeInfo(code);
    expect(info).toMatchObject({ code, docAnchor: code.toLowerCase() });
    expect(info?.userMessage).toMatch(/^[A-Z].*\.$/);
    expect(info?.httpStatus).toSatisfy((status: number) => status >= 400 && status < 600);
    // The class that the category names makes the error, and JSON brings it back.
    const type = CLASSES[info?.category as keyof typeof CLASSES];
    const back = BaseError.fromJSON({ code, message: 'x' });
    expect(back).toBeInstanceOf(type);
    expect(back.name).toBe(type.name);
    expect(back.retryable).toBe(info?.retry === 'yes');
  });

  test('numbers are used once', () => {
    const numbers = Object.values(ErrorCode).map((code) => code.slice(-4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('an unknown code is named by a coded error', () => {
    const make = (): unknown => new BaseError({ code: 'NOPE' as never, message: 'x' });
    expect(make).toThrow(
      expect.objectContaining({
        code: ErrorCode.PROGRAMMING_ERROR,
        message: expect.stringContaining('"NOPE"'),
      }),
    );
    for (const code of [undefined, null, 7, {}, 'toString', '__proto__']) {
      expect(() => new BaseError({ code: code as never, message: 'x' })).toThrow(BaseError);
    }
  });
});

test('the name follows from the code, also after JSON and in a subclass', () => {
  class OwnError extends APIError {}
  const options = { code: ErrorCode.NOT_FOUND, message: 'Gone.' } as const;
  for (const error of [new BaseError(options), new APIError(options), new OwnError(options)]) {
    expect(error.name).toBe('APIError');
    expect(BaseError.fromJSON(JSON.stringify(error)).toJSON()).toEqual(error.toJSON());
  }
  const renamed = new APIError(options);
  renamed.name = 'MyError';
  expect(String(renamed)).toBe('MyError: Gone.');
  const restored = BaseError.fromJSON(JSON.stringify(renamed));
  expect(restored).toBeInstanceOf(APIError);
  expect(restored.toJSON()).toEqual(renamed.toJSON());
  const forged = BaseError.fromJSON({ ...renamed.toJSON(), name: 'a line\nand more' });
  expect(forged.name).toBe('APIError');
});

describe('an error', () => {
  const original = Object.assign(new Error('503 Service Unavailable'), { name: 'HTTPError' });
  const error = new BaseError({
    code: ErrorCode.API_ERROR,
    message: 'External API call failed',
    details: { api: 'example.com', endpoint: '/data', status_code: 503 },
    originalError: original,
  });

  test('the example of the specification', () => {
    expect(error.toJSON()).toEqual({
      name: 'APIError',
      code: 'API_ERROR_2000',
      message: 'External API call failed',
      details: { api: 'example.com', endpoint: '/data', status_code: 503 },
      original_error: 'HTTPError: 503 Service Unavailable',
      retryable: false,
      retry: 'conditional',
    });
    expect(error.originalError).toBe(original);
    expect(error.cause).toBe(original);
  });

  test('it is an error like any other', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toMatch(/^APIError: External API call failed\n {4}at /);
    expect(String(error)).toBe('APIError: External API call failed');
    expect(error).toMatchObject({ httpStatus: 500, category: 'api' });
    expect(
      Object.hasOwn(new SystemError({ code: ErrorCode.SYSTEM_ERROR, message: '' }), 'cause'),
    ).toBe(false);
  });

  test('without a stack, and the limit is as before', () => {
    const limit = Error.stackTraceLimit;
    const limited = new BaseError({ code: ErrorCode.RATE_LIMITED, message: 'Slow.', stack: false });
    expect(limited.stack).toBe('ResilienceError: Slow.');
    expect(Error.stackTraceLimit).toBe(limit);
    expect(() => new BaseError({ code: 'NOPE' as never, message: '', stack: false })).toThrow();
    expect(Error.stackTraceLimit).toBe(limit);
  });

  test('printing shows where the cause was, not what it holds', () => {
    const cause = Object.assign(new Error('Low level.'), { token: 'NOBODYMAYSEE' });
    const shown = inspect(convertException(cause));
    expect(shown).toContain('UNKNOWN_ERROR_1001');
    expect(shown).toMatch(/caused at:\n {4}at .*base-error\.test/);
    expect(shown).not.toContain('NOBODYMAYSEE');
  });

  test('own causes are included', () => {
    const inner = new SystemError({ code: ErrorCode.STORAGE_FULL, message: 'Full.' });
    const outer = new TaskError({
      code: ErrorCode.TASK_ERROR,
      message: 'Failed.',
      originalError: inner,
      retryable: true,
      retryAfterMs: 1500,
    });
    const back = BaseError.fromJSON(JSON.stringify(outer));
    expect(back).toBeInstanceOf(TaskError);
    expect(back.toJSON()).toEqual(outer.toJSON());
    expect(back.originalError).toBeInstanceOf(SystemError);
    expect(back).toMatchObject({ retryable: true, retryAfterMs: 1500 });
  });

  test('only errors of the package are its errors', () => {
    expect(isBaseError(error)).toBe(true);
    for (const other of [new Error('x'), error.toJSON(), null, undefined, 'x', {}]) {
      expect(isBaseError(other)).toBe(false);
    }
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['text', 'no JSON'],
  ['an object', { hello: 'world' }],
  ['an unknown code', { code: 'NOPE_1', message: 'Kept.' }],
  ['a code without a message', { code: ErrorCode.SYSTEM_ERROR }],
  ['an array', [1, 2]],
  ['JSON of something else', '{"a":1}'],
])('fromJSON of garbage keeps what was there: %s', (_title, value) => {
  const error = BaseError.fromJSON(value);
  expect(error.code).toBe(ErrorCode.UNKNOWN_ERROR);
  expect(Object.keys(error.details)).toEqual(['received']);
  expect(BaseError.fromJSON(error)).toBe(error);
});

test('fromJSON: the message and the data of an unknown code stay', () => {
  const error = BaseError.fromJSON({ code: 'NOPE_1', message: 'Kept.', details: { a: 1 } });
  expect(error.message).toBe('Kept.');
  expect(error.details).toEqual({
    received: { code: 'NOPE_1', message: 'Kept.', details: { a: 1 } },
  });
});
