import type { BeforeRedirectHook } from 'got';
import { isPrivateHeader } from '../core/private-header.ts';
import { exchangeOf } from './exchange.ts';

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
    if (isPrivateHeader(header)) delete options.headers[header];
  }
};
