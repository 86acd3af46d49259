import type { FetchPlace } from '../errors/errors.ts';
import type { OutgoingRequest } from '../request/request.ts';
import type { CallOwner } from './call-owner.ts';

/** Methods that may be repeated if the first request may have been executed. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Whether a request may be sent again if the first may have been executed. */
export function isRepeatable(owner: CallOwner, { method, headers }: OutgoingRequest): boolean {
  // The providers' SDKs repeat every request to a model, and so does this in their place.
  const isModel = owner.origin === 'llm';
  return isModel || idempotent.has(method) || headers.has('idempotency-key');
}

/** Where a request goes, for its errors. */
export function placeOf(owner: CallOwner, request: OutgoingRequest): FetchPlace {
  return {
    pool: owner.pool,
    origin: owner.origin,
    method: request.method,
    host: request.target.url.host,
    repeatable: isRepeatable(owner, request),
  };
}
