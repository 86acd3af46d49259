import { valueAtOnce } from '@map/redaction/kernel';
import { errorType } from '../../common/error-type.ts';
import { loose } from '../usage/loose.ts';

/** How a model call failed. */
export interface Failure {
  /** A deadline is an error, not a cancellation, so that alerts see it. */
  readonly status: 'error' | 'cancelled';
  readonly type: string;
}

/**
 * Classifies the failure of a call; `signal` tells an abort by a deadline from one by a caller. If
 * nothing else can abort the call (`isOnly`), an abort without it is the SDK's own time limit.
 */
export function classify(
  error: unknown,
  signal: AbortSignal | undefined,
  nameOf: ((error: unknown) => string | undefined) | undefined,
  isOnly = false,
): Failure {
  try {
    const root = rootOf(error);
    const isOwnLimit = isOnly && signal?.aborted === false && isUnclearAbort(root);
    return isOwnLimit ? { status: 'error', type: 'timeout' } : classifyRoot(root, signal, nameOf);
  } catch {
    return { status: 'error', type: 'unreadable' };
  }
}

function classifyRoot(
  root: unknown,
  signal: AbortSignal | undefined,
  nameOf: ((error: unknown) => string | undefined) | undefined,
): Failure {
  const reason = signal?.aborted === true ? (signal.reason as unknown) : undefined;
  if (isAbort(root) || (reason !== undefined && root === reason)) {
    const cause = [reason, loose(root)['cause'], loose(root)['reason']].find(isDeadline);
    if (cause === undefined) return { status: 'cancelled', type: 'cancelled' };
    return { status: 'error', type: typeOf(cause, nameOf) };
  }
  return { status: 'error', type: typeOf(root, nameOf) };
}

/** Whether the model has responded, though not as requested: a parser or a schema has failed. */
export function isMismatch(error: unknown): boolean {
  const { name, message, lc_error_code } = loose(error);
  return (
    lc_error_code === 'OUTPUT_PARSING_FAILURE' ||
    /^(\$?ZodError|ValiError|SyntaxError)$/.test(String(name)) ||
    /^Failed to parse/.test(String(message))
  );
}

/** The error that ended the last attempt, under the error that reports all attempts. */
function rootOf(error: unknown): unknown {
  return loose(error)['lastError'] ?? error;
}

function typeOf(error: unknown, nameOf: ((error: unknown) => string | undefined) | undefined) {
  try {
    const name = valueAtOnce(nameOf?.(error));
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // The label is then found without the application.
  }
  return isTimeout(error) ? 'timeout' : (typeOfData(error) ?? typeOfError(error));
}

function typeOfError(error: unknown): string {
  const type = errorType(error);
  // Anthropic: an error in the middle of a stream has no status.
  return type === classOf(error) ? (wordOf(loose(error)['type']) ?? type) : type;
}

/** The error in a response is data: a name alone, or an object such as Anthropic's `{ type, message }`. */
function typeOfData(error: unknown): string | undefined {
  if (typeof error === 'string') return wordOf(error);
  if (classOf(error) !== 'Object') return undefined;
  const type = errorType(error);
  return type === 'Object' ? (wordOf(loose(error)['type']) ?? 'error') : type;
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;
}

function isAbort(error: unknown): boolean {
  const { name, code, message } = loose(error);
  return (
    name === 'AbortError' ||
    code === 'ABORT_ERR' ||
    classOf(error) === 'APIUserAbortError' ||
    // LangChain has the name as the message, LangGraph a part of it.
    /^Abort(ed|Error)?$/.test(String(message))
  );
}

/**
 * Not the class of an SDK for aborts by its caller, nor an error that has the caller's reason; an
 * object without a class stands for a stream that its receiver has left.
 */
function isUnclearAbort(error: unknown): boolean {
  return (
    isAbort(error) &&
    !['APIUserAbortError', 'Object'].includes(String(classOf(error))) &&
    loose(error)['cause'] === undefined
  );
}

/** The reason of `AbortSignal.timeout`, or a coded error such as `TASK_TIMEOUT_7004`. */
function isDeadline(reason: unknown): boolean {
  const { code } = loose(reason);
  return isTimeout(reason) || (typeof code === 'string' && /TIMEOUT|DEADLINE/.test(code));
}

/** `TimeoutError`, or the class of an SDK such as `APIConnectionTimeoutError`. */
function isTimeout(error: unknown): boolean {
  const { name, cause } = loose(error);
  // Cohere gives the word as the cause.
  return (
    cause === 'timeout' ||
    [name, classOf(error)].some((one) => /Timeout(Error)?$/.test(String(one)))
  );
}

function classOf(error: unknown): unknown {
  return (error as object | null | undefined)?.constructor?.name;
}
