import { ConfigurationError, ErrorCode } from '@map/errors';
import { MAX_TIMER_MS, unknownOption } from '@map/redaction/kernel';
import { optionError } from './option-error.ts';

/**
 * Checks a time limit.
 *
 * @param option Name of the option, for the message.
 * @param value What was given.
 * @param range The smallest and the largest limit in milliseconds.
 * @returns The limit.
 * @throws `CONFIG_INVALID_3002` for anything but a number in that range.
 */
export function checkMs(
  option: string,
  value: unknown,
  { min = 1, max = MAX_TIMER_MS }: { readonly min?: number; readonly max?: number } = {},
): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw optionError(option, `a number of milliseconds from ${min} to ${max}`, value);
}

/**
 * Checks a signal, and tells an AbortController from its signal.
 *
 * @param value What was given, nothing included.
 * @param option Name of the option, for the message.
 * @throws `CONFIG_INVALID_3002` for anything but an AbortSignal.
 */
export function checkSignal(value: unknown, option = 'signal'): void {
  if (value === undefined) return;
  const { aborted, addEventListener, signal } = (value ?? {}) as Record<string, unknown>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return;
  const remedy = signal === undefined ? '' : 'Pass its `signal` property.';
  throw optionError(option, 'an AbortSignal', value, remedy);
}

/** Checks a function. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw optionError(option, 'a function', value);
}

/**
 * Checks that options are an object without unknown names.
 *
 * @param of What they belong to, for the message.
 * @param options What was given.
 * @param known The names that exist.
 */
export function checkNames(of: string, options: unknown, known: ReadonlySet<string>): void {
  if (typeof options !== 'object' || options === null) {
    throw optionError('options', 'an object', options);
  }
  const unknown = unknownOption(of, options, known);
  if (unknown === undefined) return;
  const { message, option } = unknown;
  throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message, details: { option } });
}
