import { has, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { Recogniser } from './recognition.ts';

/** A program that a limit or its caller ended: execa, and `exec` of Node. */
export const recogniseChildProcess: Recogniser = (error, { origin, recurse }) => {
  if (read(error, 'timedOut') === true) return { code: timeoutCode(origin) };
  if (read(error, 'isCanceled') === true) return { code: ErrorCode.OPERATION_CANCELLED };
  // execa: the program could not be started, which only the cause tells from a missing file.
  if (has(error, 'shortMessage') && has(read(error, 'cause'), 'syscall')) {
    return recurse(read(error, 'cause'));
  }
  // Node ends it for its `timeout` alone: more output than allowed has a code, an abort its own error.
  const isKilled = read(error, 'killed') === true && read(error, 'code') === null;
  return isKilled && has(error, 'cmd') && readString(error, 'signal') !== undefined
    ? { code: timeoutCode(origin) }
    : undefined;
};
