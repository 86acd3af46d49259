import { isPrivateHeader } from '../../core/private-header.ts';
import type { OutgoingRequest } from './request.ts';
import { targetOf } from './target.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether a status sends the client elsewhere. */
export function isRedirect(status: number): boolean {
  return redirects.has(status);
}

/** Redirects at most, as in the standard. */
export const MAX_REDIRECTS = 20;

/** Headers that describe a body, and go with it. */
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type'];

/**
 * Makes the request that a redirect asks for.
 *
 * Credentials do not leave the origin that they were given for: beside those of the standard
 * (`authorization`, `cookie`, `host`), keys in headers of a provider's own, such as `x-api-key`.
 *
 * @param location - The header of the response.
 * @returns The next request, or why the redirect is not followed.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function redirected(
  request: OutgoingRequest,
  status: number,
  location: string,
): OutgoingRequest | string {
  const from = request.target.url;
  const url = URL.parse(location, from.href);
  if (url === null) return 'redirected to a malformed URL';
  if (!/^https?:$/.test(url.protocol)) return `redirected to a URL of the scheme ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'redirected to a URL with credentials';
  if (url.hash === '') url.hash = from.hash;
  const headers = new Map(request.headers);
  let { method, body } = request;
  const becomesGet =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (becomesGet) {
    method = 'GET';
    body = undefined;
    for (const name of ofBody) headers.delete(name);
  }
  if (body !== undefined && !body.canRepeat)
    return 'redirected a request whose body cannot be sent again';
  if (url.origin !== from.origin) {
    for (const name of [...headers.keys()]) if (isPrivateHeader(name)) headers.delete(name);
  }
  return { ...request, target: targetOf(url), method, headers, body };
}
