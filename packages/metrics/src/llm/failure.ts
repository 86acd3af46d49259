import { errorType } from '../common/error-type.ts';
import { loose } from './loose.ts';

/** How a model call failed. */
export interface Failure {
  /** A deadline is an error: nobody wanted it, and alerts must see it. */
  readonly status: 'error' | 'cancelled';
  readonly type: string;
}

/** Classifies the failure of a call; `signal` tells an abort by a deadline from one by a caller. */
export function classify(
  error: unknown,
  signal: AbortSignal | undefined,
  nameOf: ((error: unknown) => string | undefined) | undefined,
): Failure {
  const root = rootOf(error);
  const reason = signal?.aborted === true ? (signal.reason as unknown) : undefined;
  if (isAbort(root)) {
    const cause = [reason, loose(root)['cause'], loose(root)['reason']].find(isDeadline);
    if (cause === undefined) return { status: 'cancelled', type: 'cancelled' };
    return { status: 'error', type: typeOf(cause, nameOf) };
  }
  return { status: 'error', type: typeOf(root, nameOf) };
}

/** The error that ended the last attempt, under the error that reports all attempts. */
function rootOf(error: unknown): unknown {
  return loose(error)['lastError'] ?? error;
}

function typeOf(error: unknown, nameOf: ((error: unknown) => string | undefined) | undefined) {
  try {
    const name = nameOf?.(error);
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // The label is then found without the application.
  }
  return isTimeout(error) ? 'timeout' : errorType(error);
}

function isAbort(error: unknown): boolean {
  const { name, code } = loose(error);
  return name === 'AbortError' || code === 'ABORT_ERR' || classOf(error) === 'APIUserAbortError';
}

/** The reason of `AbortSignal.timeout`, or a coded error such as `TASK_TIMEOUT_7004`. */
function isDeadline(reason: unknown): boolean {
  const { code } = loose(reason);
  return isTimeout(reason) || (typeof code === 'string' && /TIMEOUT|DEADLINE/.test(code));
}

function isTimeout(error: unknown): boolean {
  return loose(error)['name'] === 'TimeoutError';
}

function classOf(error: unknown): unknown {
  return loose(loose(error)['constructor'])['name'] ?? (error as object)?.constructor?.name;
}
