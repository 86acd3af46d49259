import { read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { Recogniser } from './recognition.ts';

/** Circuit breakers, bulkheads and timeouts of cockatiel and opossum. */
export const recogniseBreaker: Recogniser = (error, { origin }) => {
  if (read(error, 'isBrokenCircuitError') === true) return { code: ErrorCode.CIRCUIT_OPEN };
  if (read(error, 'isBulkheadRejectedError') === true) return { code: ErrorCode.BULKHEAD_FULL };
  if (read(error, 'isTaskCancelledError') === true) {
    const late = /timed out/i.test(readString(error, 'message') ?? '');
    return { code: late ? timeoutCode(origin) : ErrorCode.OPERATION_CANCELLED };
  }
  switch (readString(error, 'code')) {
    case 'EOPENBREAKER':
      return { code: ErrorCode.CIRCUIT_OPEN };
    case 'ESEMLOCKED':
      return { code: ErrorCode.BULKHEAD_FULL };
    case 'ESHUTDOWN':
      return /circuit/i.test(readString(error, 'message') ?? '')
        ? { code: ErrorCode.CLIENT_CLOSED }
        : undefined;
    case 'ETIMEDOUT':
      // opossum's own timer reuses the code of a socket.
      return /^Timed out after \d+ms$/.test(readString(error, 'message') ?? '')
        ? { code: timeoutCode(origin) }
        : undefined;
    default:
      return undefined;
  }
};
