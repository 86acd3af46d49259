import { type BaseError, ErrorCode } from '@map/errors/core';
import type { OutgoingRequest } from '../request/request.ts';
import { asksForRetry, requestedWaitMs, retryDelayMs } from '../retry/retry-policy.ts';
import type { Head } from '../wire/exchange.ts';
import { appendHeaders } from '../wire/response-headers.ts';
import type { CallOwner } from './call-owner.ts';
import { isRepeatable } from './place.ts';

/** One attempt that has ended: with a status, or with an error. */
export interface Ended {
  /** Its number, from 1. */
  readonly attempt: number;
  readonly head: Head | undefined;
  readonly failure: BaseError | undefined;
  /** Whether it may have been carried out. */
  readonly mayBeDone: boolean;
}

/**
 * Decides whether another attempt follows, and takes it from the budget.
 *
 * @param totalAt - When the call has to end, on the scale of `performance.now()`.
 * @returns How long to wait before it, in milliseconds; undefined if there is to be none.
 */
export function repetitionDelay(
  { attempt, head, failure, mayBeDone }: Ended,
  owner: CallOwner,
  request: OutgoingRequest,
  totalAt: number,
): number | undefined {
  const { body, limits } = request;
  if (attempt > limits.retries || body?.canRepeat === false) return undefined;
  let requested: number | undefined;
  if (head === undefined) {
    if (failure?.code === ErrorCode.CIRCUIT_OPEN || failure?.retry === 'no') return undefined;
    if (mayBeDone && !isRepeatable(owner, request)) return undefined;
    requested = failure?.retryAfterMs;
  } else {
    if (head.status < 400 || !isRepeatable(owner, request)) return undefined;
    const headers = new Headers();
    appendHeaders(headers, head.headers);
    if (!asksForRetry(head.status, headers)) return undefined;
    requested = requestedWaitMs(head.status, headers, Date.now());
  }
  const delayMs = retryDelayMs(attempt, requested, limits);
  // An attempt that could not end in time would only hide the cause of the failure.
  if (delayMs === undefined || performance.now() + delayMs >= totalAt) return undefined;
  return owner.budget.withdraw() ? delayMs : undefined;
}
