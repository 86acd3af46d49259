import type { BaseError } from '@map/errors/core';
import type { DeadlineQueue } from '@map/redaction/kernel';
import type { FetchOrigin } from '../errors/errors.ts';
import type { EgressGuard } from '../guard/egress-guard.ts';
import type { Transport } from './transport.ts';

/** The record of one call, kept by the connection. */
export interface CallRecord {
  succeed(value: undefined): void;
  fail(error: BaseError): void;
}

/** A repetition that is about to be made. */
export interface Repetition {
  readonly method: string;
  readonly host: string;
  /** Attempts made so far, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  /** Code of what failed. */
  readonly errorType: string;
}

/** The part of a connection that a call needs. */
export interface CallOwner {
  readonly pool: string;
  readonly origin: FetchOrigin;
  readonly guard: EgressGuard;
  readonly deadlines: DeadlineQueue;
  /** Limit for opening a socket, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Headers of every request, unless it has its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: { deposit(): void; withdraw(): boolean };
  /**
   * Opens the record of a call.
   *
   * @param stop - Ends the call, for a shutdown.
   * @throws BaseError if the connection takes no more work.
   */
  begin(operation: string, stop: (error: BaseError) => void): CallRecord;
  /** Loads undici and opens nothing yet. */
  transport(): Transport | Promise<Transport>;
  onRetry(repetition: Repetition): void;
}
