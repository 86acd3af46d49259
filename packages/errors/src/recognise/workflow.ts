import { has, read, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { Recogniser, Recognition } from './recognition.ts';

// The classes of Temporal set their names on the prototype.
const FAILURES: Readonly<Record<string, ErrorCode>> = {
  CancelledFailure: ErrorCode.OPERATION_CANCELLED,
  TerminatedFailure: ErrorCode.OPERATION_CANCELLED,
  ServerFailure: ErrorCode.UPSTREAM_ERROR,
  ApplicationFailure: ErrorCode.TASK_ERROR,
  WorkflowExecutionAlreadyStartedError: ErrorCode.TASK_INVALID_STATE,
};

const ERRORS: Readonly<Record<string, ErrorCode>> = {
  WorkflowNotFoundError: ErrorCode.TASK_NOT_FOUND,
  ActivityNotFoundError: ErrorCode.TASK_NOT_FOUND,
  ActivityCancelledError: ErrorCode.OPERATION_CANCELLED,
};

/**
 * Temporal. The errors of a workflow and of its activities (`WorkflowFailedError`, `ActivityFailure`)
 * are those of their cause.
 */
export const recogniseWorkflow: Recogniser = (error, context): Recognition | undefined => {
  const name = readString(error, 'name') ?? '';
  if (Object.hasOwn(ERRORS, name)) return { code: ERRORS[name] as ErrorCode };
  if (name === 'WorkflowUpdateRPCTimeoutOrCancelledError') {
    return context.recurse(read(error, 'cause')) ?? { code: timeoutCode(context.origin) };
  }
  if (!has(error, 'failure')) return undefined;
  if (name === 'TimeoutFailure') {
    const details = { timeout_type: shortString(readString(error, 'timeoutType'), 40) };
    return { code: timeoutCode(context.origin ?? 'task'), details };
  }
  // An activity that failed again and again: its attempts are used up.
  if (!Object.hasOwn(FAILURES, name)) return undefined;
  const cause = name === 'ApplicationFailure' ? context.recurse(read(error, 'cause')) : undefined;
  const isFinal = read(error, 'nonRetryable') === true;
  const type = shortString(readString(error, 'type'), 100);
  return {
    ...(cause ?? { code: FAILURES[name] as ErrorCode }),
    message: undefined,
    ...(isFinal && { retryable: false }),
    ...(type !== undefined && { details: { task_error: type } }),
  };
};
