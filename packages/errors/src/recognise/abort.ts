import { isObject, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { ErrorOrigin, Recogniser } from './recognition.ts';

const TIMEOUT_BY_ORIGIN: Readonly<Record<ErrorOrigin, ErrorCode>> = {
  llm: ErrorCode.LLM_TIMEOUT,
  api: ErrorCode.UPSTREAM_TIMEOUT,
  tool: ErrorCode.TOOL_TIMEOUT,
  agent: ErrorCode.AGENT_TIMEOUT,
  task: ErrorCode.TASK_TIMEOUT,
  memory: ErrorCode.OPERATION_TIMEOUT,
  cache: ErrorCode.OPERATION_TIMEOUT,
  redis: ErrorCode.CONNECTION_TIMEOUT,
  database: ErrorCode.CONNECTION_TIMEOUT,
};

/** The timeout code of the operation. */
export function timeoutCode(origin: ErrorOrigin | undefined): ErrorCode {
  return origin === undefined
    ? ErrorCode.OPERATION_TIMEOUT
    : (TIMEOUT_BY_ORIGIN[origin] ?? ErrorCode.OPERATION_TIMEOUT);
}

/** Abort signals: a cancellation, or a deadline that passed. */
export const recogniseAbort: Recogniser = (error, { origin }) => {
  const name = readString(error, 'name');
  if (name === 'AbortError' || name === 'CanceledError') {
    // ioredis: a command in a pipeline whose connection was lost. Nobody has cancelled it.
    if (isObject(read(error, 'command'))) return { code: ErrorCode.CONNECTION_RESET };
    const cause = read(error, 'cause');
    const late = readString(cause, 'name') === 'TimeoutError';
    return { code: late ? timeoutCode(origin) : ErrorCode.OPERATION_CANCELLED };
  }
  // A DOMException has a legacy number for its code; libraries that reuse the name have a string.
  if (name === 'TimeoutError' && typeof read(error, 'code') !== 'string') {
    return { code: timeoutCode(origin) };
  }
  return undefined;
};
