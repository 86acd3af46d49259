import { describeValue, MAX_TIMER_MS, unknownOption } from '@map/redaction/kernel';
import { MetricsError } from './metrics-error.ts';

/** Throws `METRICS_OPTION_INVALID` if a value is invalid. */
export function check(valid: boolean, option: string, expected: string, got: unknown): void {
  if (valid) return;
  const shown = typeof got === 'string' ? JSON.stringify(got.slice(0, 100)) : describeValue(got);
  throw new MetricsError(
    'METRICS_OPTION_INVALID',
    `\`${option}\` must be ${expected}, got ${shown}.`,
  );
}

/** Throws `METRICS_OPTION_INVALID` unless a value is true, false or missing. */
export function checkFlag(option: string, value: unknown): void {
  check(value === undefined || typeof value === 'boolean', option, 'true or false', value);
}

/** Throws `METRICS_OPTION_INVALID` unless a value is a function. */
export function checkFunction(option: string, value: unknown): void {
  check(typeof value === 'function', option, 'a function', value);
}

/** Throws `METRICS_OPTION_INVALID` unless a value is an object. */
export function checkObject(option: string, value: unknown): void {
  check(typeof value === 'object' && value !== null, option, 'an object', value);
}

/** Throws `METRICS_OPTION_INVALID` for a time limit that a timer cannot wait for. */
export function checkTimeout(timeoutMs: unknown): void {
  const isTimeout = typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS;
  check(isTimeout, 'timeoutMs', `a number from 1 to ${MAX_TIMER_MS}`, timeoutMs);
}

/** Throws `METRICS_OPTION_INVALID` unless options are an object without unknown names. */
export function checkOptions(of: string, options: unknown, known: ReadonlySet<string>): void {
  checkObject('options', options);
  const unknown = unknownOption(of, options as object, known);
  if (unknown !== undefined) throw new MetricsError('METRICS_OPTION_INVALID', unknown.message);
}

/** Throws `METRICS_OPTION_INVALID` unless an object has a method. */
export function checkMethod(option: string, value: unknown, method: string): void {
  const found = (value as Record<string, unknown> | null | undefined)?.[method];
  check(typeof found === 'function', option, `an object with ${method}()`, value);
}
