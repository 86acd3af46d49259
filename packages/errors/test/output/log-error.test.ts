import { expect, test, vi } from 'vitest';
import { type AnyErrorCode, BaseError, convertException, ErrorCode } from '../../src/index.ts';

interface Line {
  level: string;
  message: string;
  fields: Record<string, unknown>;
}

function logged(error: BaseError, fields?: object): Line {
  const lines: Line[] = [];
  const at = (level: string) => (message: string, given?: object) =>
    lines.push({ level, message, fields: { ...given } });
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  error.logError(logger, fields);
  expect(lines).toHaveLength(1);
  return lines[0] as Line;
}

test.each<[AnyErrorCode, string]>([
  [ErrorCode.OPERATION_CANCELLED, 'info'],
  [ErrorCode.VALIDATION_ERROR, 'warn'],
  [ErrorCode.NOT_FOUND, 'warn'],
  [ErrorCode.LLM_RATE_LIMITED, 'warn'],
  [ErrorCode.CIRCUIT_OPEN, 'warn'],
  [ErrorCode.SYSTEM_ERROR, 'error'],
  [ErrorCode.CONFIG_MISSING, 'error'],
  [ErrorCode.LLM_PROVIDER_AUTH_FAILED, 'error'],
  [ErrorCode.PROGRAMMING_ERROR, 'error'],
])('%s is logged as %s', (code, level) => {
  expect(logged(new BaseError({ code, message: 'x' })).level).toBe(level);
});

test('a line says everything, once', () => {
  const raw = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 1 });
  const line = logged(convertException(raw), { agent_id: 'a-1' });
  expect(line.message).toBe('connect ECONNREFUSED');
  expect(line.fields).toMatchObject({
    agent_id: 'a-1',
    error_name: 'ConnectionError',
    error_code: 'CONNECTION_REFUSED_9001',
    error_category: 'connection',
    http_status: 503,
    retryable: true,
    details: { port: 1 },
    original_error: 'Error: connect ECONNREFUSED',
    fingerprint: expect.stringMatching(/^[\da-f]{8}$/),
    stack: expect.stringContaining('ConnectionError: connect ECONNREFUSED'),
    original_stack: expect.stringContaining('log-error.test'),
  });
});

test('the fingerprint groups by code, operation and place', () => {
  const fail = (message: string, operation = 'load'): string =>
    convertException(new Error(message), { details: { operation } }).fingerprint();
  const elsewhere = (): string =>
    convertException(new Error('one'), { details: { operation: 'load' } }).fingerprint();
  expect(fail('one')).toBe(fail('two'));
  expect(fail('one')).not.toBe(fail('one', 'save'));
  expect(fail('one')).not.toBe(elsewhere());
  const error = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
  expect(error.fingerprint()).toBe(error.fingerprint());
});

test('fields that throw do not hide the error', () => {
  const seen: object[] = [];
  const log = (_message: string, fields?: object): void => void seen.push(fields ?? {});
  const fields = {
    task: 't-1',
    get broken(): never {
      throw new Error('Getter.');
    },
  };
  const error = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
  error.logError({ debug: log, info: log, warn: log, error: log }, fields);
  expect(seen).toMatchObject([{ task: 't-1', error_code: ErrorCode.SYSTEM_ERROR }]);
});

// Vitest fails for a rejection that nothing handles, as Node ends a process for it.
test('a logger that rejects does not hide the error', async () => {
  const log = vi.fn(async () => {
    throw new Error('closed');
  });
  const error = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
  error.logError({ debug: log, info: log, warn: log, error: log });
  expect(log).toHaveBeenCalledOnce();
  await new Promise((resolve) => setImmediate(resolve));
});
