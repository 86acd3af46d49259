import { expect, test } from 'vitest';
import { defineErrors, ErrorCode, LLMError, TaskError } from '../../src/index.ts';
import {
  checkChoice,
  checkFunction,
  checkMs,
  checkNames,
  checkObject,
  checkPositive,
  checkSignal,
  checkWhole,
  errorOf,
  optionError,
} from '../../src/kernel.ts';

const Billing = defineErrors({
  category: 'kernel_billing',
  errors: {
    CARD_DECLINED: {
      number: 91_001,
      httpStatus: 402,
      grpcCode: 'FAILED_PRECONDITION',
      retry: 'no',
      userMessage: 'The card was declined.',
    },
  },
});

test.each([
  [ErrorCode.LLM_TIMEOUT, LLMError],
  [ErrorCode.TASK_TIMEOUT, TaskError],
  [Billing.ErrorCode.CARD_DECLINED, Billing.Error],
])('the error of %s has the class of its code', (code, type) => {
  const error = errorOf({ code, message: 'It failed.', originalError: 'why', stack: false });
  expect(error).toBeInstanceOf(type);
  expect(error).toMatchObject({ code, message: 'It failed.', originalError: 'why' });
});

test('the message of an option names it, its owner, what is valid, the kind of the value and the remedy', () => {
  const parts = { of: 'redis "main"', remedy: 'Write it in quotes.' };
  expect(optionError('password', 'a string', ['hunter2'], parts)).toMatchObject({
    code: 'CONFIG_INVALID_3002',
    message: '`password` of redis "main" must be a string, got an array. Write it in quotes.',
    details: { option: 'password' },
  });
});

const halfSignal = { aborted: false, addEventListener: () => undefined };

test.each([
  ['a time of nothing', () => checkMs('limit', 0), /1 to 2147483647, got 0\./],
  ['a time that no timer holds', () => checkMs('limit', 2 ** 31), /got 2147483648\./],
  ['NaN', () => checkMs('limit', Number.NaN, { min: 0 }), /from 0 to 2147483647, got NaN\./],
  ['a part of a thing', () => checkWhole('limit', 1.5), /a whole number, 1 or more, got 1\.5\./],
  ['no thing', () => checkWhole('limit', 0), /got 0\./],
  [
    'a controller',
    () => checkSignal('limit', new AbortController()),
    /an AbortSignal, got an instance of AbortController\. Pass its `signal` property\./,
  ],
  ['half a signal', () => checkSignal('limit', halfSignal), /an AbortSignal, got an object\./],
  ['a name', () => checkFunction('limit', 'run', 'job'), /^`limit` of job must be a function/],
  ['nothing', () => checkPositive('limit', 'an amount above 0', 0), /an amount above 0, got 0\./],
  ['nothing', () => checkObject('limit', null), /an object, got null\./],
])('%s is refused', (_name, check, message) => {
  expect(check).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID_3002',
      message: expect.stringMatching(message),
      details: { option: 'limit' },
    }),
  );
});

test('valid values pass, and a signal may be missing', () => {
  expect(checkMs('limit', 2 ** 31 - 1)).toBe(2 ** 31 - 1);
  expect(checkMs('limit', 0.5, { min: 0 })).toBe(0.5);
  expect(checkWhole('limit', 1)).toBe(1);
  for (const signal of [undefined, AbortSignal.abort()]) checkSignal('limit', signal);
  checkFunction('limit', Object);
  checkObject('limit', []);
});

test('a name that does not exist is refused with the one that was meant', () => {
  const check = () => checkNames('job "x"', { timeout: 5 }, new Set(['timeoutMs', 'signal']));
  expect(check).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID_3002',
      message: '`timeout` is not an option of job "x". Did you mean `timeoutMs`?',
      details: { option: 'timeout' },
    }),
  );
  checkNames('job "x"', { signal: undefined }, new Set(['signal']));
});

test.each([
  ['end', '"end"'],
  ['sk-ant-api03-AAAABBBBCCCC', 'a string'],
  ['redis://:hunter2@h', 'a string'],
  [7, '7'],
  [undefined, 'undefined'],
])('a choice that is wrong is shown if it is a word: %j', (value, shown) => {
  const check = () => checkChoice('phase', ['drain', 'close'], value, 'onShutdown()');
  expect(check).toThrow(`\`phase\` of onShutdown() must be one of drain, close, got ${shown}.`);
  expect(checkChoice('phase', ['drain', 'close'], 'close')).toBeUndefined();
});
