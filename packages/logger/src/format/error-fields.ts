import { redactForeignText, redactText } from '@map/redaction';
import {
  foreignMessage,
  has,
  isNativeError,
  read,
  readString,
  shortString,
} from '@map/redaction/kernel';

/** Which parts of errors are written beside name, code, message, stack and causes. */
export interface ErrorOptions {
  /**
   * Own properties of third-party errors that are written too: their names, or `all`. They may hold
   * requests, responses and rows of a database; none when not given.
   */
  readonly properties?: 'all' | readonly string[] | undefined;
  /** The number of nested causes, at most 9; 8 when not given. */
  readonly causes?: number | undefined;
}

const MAX_STACK_LINES = 50;
const MAX_MESSAGE = 8000;
const BRAND = Symbol.for('@map/errors/BaseError');
const LISTED = new Set([
  ...['name', 'message', 'stack', 'code', 'cause', 'errors'],
  ...['originalError', 'error', 'suppressed'],
]);

/** Whether a value is an error, of any realm. Never throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  if (isNativeError(value)) return true;
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}

/** Whether an error is a coded error of any copy of `@map/errors`. */
function isCoded(error: Error): boolean {
  return read(error, BRAND) === true && typeof read(error, 'toJSON') === 'function';
}

/** An error's message without secrets; of a third-party error without the values it repeats. */
export function errorMessage(error: Error): string {
  const message = readString(error, 'message') ?? '';
  if (message === '') return readString(error, 'name') ?? 'Error';
  if (isCoded(error)) return redactText(message, { limit: MAX_MESSAGE });
  return foreignMessage(error, MAX_MESSAGE);
}

/**
 * The fields of an error in a line: a coded error's own redacted JSON, and of any other error only
 * what is on a list, because its properties may hold requests, keys and rows.
 */
export function errorFields(error: Error, options: ErrorOptions): Record<string, unknown> {
  return isCoded(error) ? codedFields(error) : foreignFields(error, options);
}

function codedFields(error: Error): Record<string, unknown> {
  const { cause, ...json } = (error as unknown as { toJSON(): Record<string, unknown> }).toJSON();
  const fields: Record<string, unknown> = { type: json['name'], ...json };
  const stack = stackOf(error, String(json['name']), String(json['message']));
  if (stack !== undefined) fields['stack'] = stack;
  const original = read(error, 'originalError');
  if (cause !== undefined) fields['cause'] = original ?? cause;
  else if (isError(original)) {
    // Its message is in `original_error` already, redacted with knowledge of the library.
    const frames = framesOf(original);
    if (frames.length > 0) fields['original_stack'] = frames.join('\n');
  }
  return fields;
}

function foreignFields(error: Error, { properties = [] }: ErrorOptions): Record<string, unknown> {
  const type = typeOf(error);
  const message = readString(error, 'message') === '' ? '' : errorMessage(error);
  const fields: Record<string, unknown> = { type };
  const code = read(error, 'code');
  if (typeof code === 'string' || typeof code === 'number') fields['code'] = code;
  fields['message'] = message;
  const names = properties === 'all' ? Object.keys(error) : properties;
  for (const name of names) {
    if (!LISTED.has(name) && !name.startsWith('_') && Object.hasOwn(error, name)) {
      fields[name] = read(error, name);
    }
  }
  const stack = stackOf(error, type, message);
  if (stack !== undefined) fields['stack'] = stack;
  const errors = read(error, 'errors');
  if (Array.isArray(errors)) fields['errors'] = errors.map((one) => causeOf(one));
  for (const name of has(error, 'suppressed') ? ['error', 'suppressed'] : []) {
    fields[name] = causeOf(read(error, name));
  }
  const cause = read(error, 'cause') ?? read(error, 'originalError');
  if (cause !== undefined) fields['cause'] = causeOf(cause);
  return fields;
}

/** A cause, as far as it may be shown: an error, a string, or the message of an error-like object. */
function causeOf(cause: unknown): unknown {
  if (isError(cause)) return cause;
  if (typeof cause === 'string') return redactForeignText(cause, { limit: MAX_MESSAGE });
  if (typeof cause !== 'object' || cause === null) return cause;
  const message = readString(cause, 'message');
  if (message === undefined) return '[Object]';
  return {
    type: readString(cause, 'name') ?? 'Object',
    code: shortString(read(cause, 'code')),
    message: foreignMessage(cause, MAX_MESSAGE),
  };
}

function typeOf(error: Error): string {
  const name = readString(error, 'name') ?? '';
  if (name !== '' && name !== 'Error') return name;
  return readString(read(error, 'constructor'), 'name') || 'Error';
}

/** The stack with the redacted message at its head; undefined for an error without frames. */
function stackOf(error: Error, type: string, message: string): string | undefined {
  const frames = framesOf(error);
  if (frames.length === 0) return undefined;
  return [message === '' ? type : `${type}: ${message}`, ...frames].join('\n');
}

function framesOf(error: Error): string[] {
  const stack = readString(error, 'stack') ?? '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  if (frames.length <= MAX_STACK_LINES) return frames;
  return [...frames.slice(0, MAX_STACK_LINES), '    …'];
}
