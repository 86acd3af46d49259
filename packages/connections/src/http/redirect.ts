import type { BeforeRedirectHook } from 'got';
import { exchangeOf } from './exchange.ts';

/** Headers that other hosts must not see after a redirect, beside those that got removes. */
const telling = /key|token|secret|passw|credential|session|signature|auth|csrf|xsrf/i;
const alsoPrivate: ReadonlySet<string> = new Set(['x-api', 'x-access', 'x-amz-security']);
/** Identifies the request, not its sender. */
const harmless: ReadonlySet<string> = new Set(['idempotency-key']);

/**
 * Prepares the request to the target of a redirect.
 *
 * @param options - The next request.
 * @param response - The response that redirected; its body is discarded.
 */
export const followRedirect: BeforeRedirectHook = (options, response) => {
  // got drains this body while it follows the redirect (`core/index.js`: "We're being redirected, we
  // don't care about the response"). One that never ends would keep its socket, and one of those that
  // its host may have, for ever.
  exchangeOf(options)?.atEnd(() => {
    if (!response.complete) response.destroy();
  });
  if ((options.url as URL).origin === new URL(response.url).origin) return;
  for (const header of Object.keys(options.headers)) {
    if (isPrivate(header)) delete options.headers[header];
  }
};

/** Whether a header holds a credential, by its name in lower case. */
export function isPrivate(header: string): boolean {
  return (telling.test(header) || alsoPrivate.has(header)) && !harmless.has(header);
}
