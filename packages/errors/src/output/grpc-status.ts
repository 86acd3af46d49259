import { GRPC_NUMBERS } from '../codes/grpc.ts';
import type { ErrorShape } from '../shape/error-shape.ts';

/** A status in the shape of google.rpc.Status, see https://google.aip.dev/193. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly GrpcDetail[];
}

/** One of the messages in a status: ErrorInfo, and RetryInfo if the error has a wait. */
export type GrpcDetail =
  | {
      readonly '@type': 'type.googleapis.com/google.rpc.ErrorInfo';
      readonly reason: string;
      readonly domain: string;
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly '@type': 'type.googleapis.com/google.rpc.RetryInfo'; readonly retryDelay: string };

/** Returns the gRPC status of an error; it contains nothing that an end user may not see. @internal */
export function toGrpcStatus(error: ErrorShape): GrpcStatus {
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
  return { code: GRPC_NUMBERS[grpcCode], message: userMessage, details };
}
