import type { GrpcCode } from './code-table.ts';
import { ErrorCode } from './error-code.ts';

/** The numbers of google.rpc.Code. */
export const GRPC_NUMBERS: Readonly<Record<GrpcCode, number>> = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

const UPSTREAM: Readonly<Record<number, ErrorCode>> = {
  1: ErrorCode.OPERATION_CANCELLED,
  2: ErrorCode.UPSTREAM_ERROR,
  3: ErrorCode.UPSTREAM_REJECTED,
  4: ErrorCode.UPSTREAM_TIMEOUT,
  5: ErrorCode.UPSTREAM_REJECTED,
  6: ErrorCode.UPSTREAM_REJECTED,
  7: ErrorCode.UPSTREAM_REJECTED,
  8: ErrorCode.RATE_LIMITED,
  9: ErrorCode.UPSTREAM_REJECTED,
  10: ErrorCode.UPSTREAM_ERROR,
  11: ErrorCode.UPSTREAM_REJECTED,
  12: ErrorCode.UPSTREAM_REJECTED,
  13: ErrorCode.UPSTREAM_ERROR,
  14: ErrorCode.UPSTREAM_ERROR,
  15: ErrorCode.UPSTREAM_ERROR,
  16: ErrorCode.UPSTREAM_REJECTED,
};

/** Returns whether gRPC has an error status of this name. @internal */
export function isGrpcCode(name: unknown): name is GrpcCode {
  return typeof name === 'string' && Object.hasOwn(GRPC_NUMBERS, name);
}

/**
 * Returns the code for the status of a gRPC service that was called.
 *
 * @param status - The number, such as 14 for UNAVAILABLE.
 * @returns The code, or undefined for 0 and for numbers that gRPC does not define.
 */
export function codeFromGrpcStatus(status: number): ErrorCode | undefined {
  return UPSTREAM[status];
}
