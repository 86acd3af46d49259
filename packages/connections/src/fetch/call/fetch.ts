import type { CallLimits, ManagedFetch } from '../request/limits.ts';
import { readRequest } from '../request/request.ts';
import type { CallOwner } from './call-owner.ts';
import { FetchCall } from './fetch-call.ts';

/**
 * Makes the `fetch` of a connection.
 *
 * @param limits - Limits of every call, unless it sets its own.
 */
export function makeFetch(owner: CallOwner, limits: CallLimits): ManagedFetch {
  return (input, init) => {
    let call: FetchCall;
    try {
      if (isLocal(input)) return fetch(input, init as RequestInit);
      call = new FetchCall(owner, readRequest(input, init, limits));
    } catch (error) {
      return Promise.reject(error);
    }
    return call.run();
  };
}

const localUrl = /^[\0-\x20]*(?:data|blob):/i;

/** Whether a URL holds its data or names a Blob: Node's own fetch handles it, because no server is involved. */
function isLocal(input: unknown): boolean {
  return localUrl.test(input instanceof Request ? input.url : String(input));
}
