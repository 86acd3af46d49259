import type { BaseError } from './base-error.ts';
import type { GrpcCode } from './code-table.ts';
import { ErrorCode } from './error-code.ts';

const NUMBERS: Readonly<Record<GrpcCode, number>> = {
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

/** Says whether gRPC has a status of this name that an error can have. */
export function isGrpcCode(name: unknown): name is GrpcCode {
  return typeof name === 'string' && Object.hasOwn(NUMBERS, name);
}

/** Finds the code for the status of a gRPC service that was called. */
export function codeFromGrpcStatus(status: number): ErrorCode | undefined {
  return UPSTREAM[status];
}

/** A status in the shape of google.rpc.Status, see https://google.aip.dev/193. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly GrpcDetail[];
}

/** One of the messages that a status carries: ErrorInfo, and RetryInfo where there is a wait. */
export type GrpcDetail =
  | {
      readonly '@type': 'type.googleapis.com/google.rpc.ErrorInfo';
      readonly reason: string;
      readonly domain: string;
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly '@type': 'type.googleapis.com/google.rpc.RetryInfo'; readonly retryDelay: string };

/** Gives the gRPC status of an error, with nothing an end user may not see. */
export function toGrpcStatus(error: BaseError): GrpcStatus {
  const { category, grpcCode, userMessage } = error.info;
  const details: GrpcDetail[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code,
      domain: 'map',
      metadata: { category, retryable: String(error.retryable) },
    },
  ];
  if (error.retryAfterMs !== undefined) {
    const retryDelay = `${error.retryAfterMs / 1000}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  return { code: NUMBERS[grpcCode], message: userMessage, details };
}
