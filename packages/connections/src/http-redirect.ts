import type { BeforeRedirectHook } from 'got';
import { exchangeOf } from './http-exchange.ts';

/** Headers that other hosts must not see after a redirect, beside those that got removes. */
const telling = /key|token|secret|passw|credential|session|signature|auth|csrf|xsrf/i;
const alsoPrivate: ReadonlySet<string> = new Set(['x-api', 'x-access', 'x-amz-security']);
/** Says which request this is, not who sends it. */
const harmless: ReadonlySet<string> = new Set(['idempotency-key']);

/**
 * Prepares a request for the place that it was redirected to.
 *
 * @param options - The next request.
 * @param response - The answer that redirected; its body is of no interest to anybody.
 */
export const followRedirect: BeforeRedirectHook = (options, response) => {
  // A body that never ends would keep its socket for ever, and one of those that its host may have.
  exchangeOf(options.signal)?.atEnd(() => {
    if (response.complete) return;
    // To got, the end of this answer would be that of the whole request.
    response.removeAllListeners('aborted');
    response.destroy();
  });
  if ((options.url as URL).origin === new URL(response.url).origin) return;
  for (const header of Object.keys(options.headers)) {
    if (isPrivate(header)) delete options.headers[header];
  }
};

function isPrivate(header: string): boolean {
  return (telling.test(header) || alsoPrivate.has(header)) && !harmless.has(header);
}
