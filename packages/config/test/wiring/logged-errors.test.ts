import { BaseError, convertException, ErrorCode } from '@map/errors';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '@map/logger';
import {
  InvalidPromptError,
  InvalidResponseDataError,
  InvalidToolInputError,
  JSONParseError,
  TypeValidationError,
} from 'ai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toProblem } from '../../src/http/problem.ts';
import { runTask } from '../../src/work/run-task.ts';

let logs: CapturedLogs;
const logger = getLogger('test');

beforeEach(() => {
  setupLogging({ console: false, caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

/** An error as HTTP clients make them: with request, headers and response in its properties. */
function clientError(): Error {
  return Object.assign(new Error('Request failed with status code 401'), {
    code: 'ERR_BAD_REQUEST',
    config: { headers: { 'x-goog-api-key': 'plain-key-4711' }, data: '{"prompt":"my diary"}' },
    requestBodyValues: { prompt: 'my diary' },
    detail: 'Key (email)=(ann@example.com) already exists.',
  });
}

describe('a coded error in a log line', () => {
  it('is its redacted JSON with its stack; the cause shows its frames alone', () => {
    const error = new BaseError({
      code: ErrorCode.LLM_ERROR,
      message: 'The call with sk-proj-abcdefgh12345678 failed.',
      details: { model: 'gpt-4' } as never,
      originalError: clientError(),
    });
    logger.error('Model call failed', { error });
    const shown = logs.entries[0]?.['error'] as Record<string, unknown>;
    expect(shown).toMatchObject({ ...error.toJSON(), type: error.toJSON().name });
    expect(shown['stack']).toMatch(/^\w+: The call with \*+ failed\.\n +at /);
    expect(shown['original_stack']).toMatch(/logged-errors\.test/);
    expect(logs.lines[0]).not.toMatch(/sk-proj|plain-key|diary|ann@/);
  });

  it('shows coded causes the same way', () => {
    const inner = convertException(new Error('connect ECONNREFUSED 10.0.0.1:6379'));
    const error = new BaseError({
      code: ErrorCode.SYSTEM_ERROR,
      message: 'Start failed.',
      originalError: inner,
    });
    logger.error(error);
    expect(logs.entries[0]).toMatchObject({
      message: 'Start failed.',
      error: { code: error.code, cause: { code: inner.code, stack: expect.any(String) } },
    });
  });
});

describe('the caller of a line about a coded error', () => {
  const here = { module: 'logged-errors.test' };
  beforeEach(() => setupLogging({ console: false, caller: 'WARNING' }));
  const own = () => new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'own' });
  function fail(): never {
    throw new TypeError('foreign');
  }

  it('is the application, also when MAP logs the error', async () => {
    own().logError(logger);
    await runTask({ type: 'a' }, fail).catch(() => undefined);
    await runTask({ type: 'a' }, () => Promise.reject(own())).catch(() => undefined);
    try {
      fail();
    } catch (error) {
      toProblem(error);
    }
    expect(logs.entries).toMatchObject([
      { ...here, function: 'own', message: 'own' },
      { ...here, function: 'fail', message: 'foreign' },
      { ...here, function: 'own', message: 'own' },
      { ...here, function: 'fail', message: 'foreign' },
    ]);
  });

  it('is where it was logged, if the error comes from a library', () => {
    const inLibrary = Object.assign(new Error('refused'), {
      code: 'ECONNREFUSED',
      stack: 'Error: refused\n    at Socket.connect (/app/node_modules/net-lib/index.js:1:2)',
    });
    const error = convertException(inLibrary);
    error.stack = `${error.name}: refused\n    at convert (node:internal/x:1:2)`;
    function report(): void {
      error.logError(logger);
    }
    report();
    expect(logs.entries).toMatchObject([{ ...here, function: 'report' }]);
  });

  it('is not named where the set-up wants none', () => {
    setupLogging({ console: false, caller: 'never' });
    own().logError(logger);
    expect(logs.entries[0]).not.toHaveProperty('lineno');
  });
});

describe('an unconverted error of the AI SDK', () => {
  const text = 'my diary';
  const cause = new SyntaxError(`Unexpected token 'm', "${text}" is not valid JSON`);
  it.each([
    new TypeValidationError({ value: { answer: text }, cause }),
    new JSONParseError({ text, cause }),
    new InvalidToolInputError({ toolName: 'mail', toolInput: `{"to":"${text}"}`, cause }),
    new InvalidPromptError({ prompt: text, message: `messages: ${text}` }),
    new InvalidResponseDataError({ data: { text } }),
  ])('has no prompt and no output in its line: $name', (error) => {
    logger.error('Model call failed', { error });
    expect(logs.lines[0]).not.toContain(text);
    expect(logs.entries[0]?.['error']).toMatchObject({ type: error.name });
  });
});
