/** Names of headers that hold credentials of any provider. */
const telling = /key|token|secret|passw|credential|session|signature|auth|cookie|csrf|xsrf/i;
/** `host` and `baggage` are not credentials, but belong to one origin or to your own services. */
const alsoPrivate: ReadonlySet<string> = new Set([
  ...['host', 'baggage', 'x-api', 'x-access', 'x-amz-security'],
]);
/** Identifies the request, not its sender. */
const harmless: ReadonlySet<string> = new Set(['idempotency-key']);

/**
 * Whether a header is kept from other origins after a redirect.
 *
 * @param header - Its name in lower case.
 */
export function isPrivateHeader(header: string): boolean {
  return (telling.test(header) || alsoPrivate.has(header)) && !harmless.has(header);
}
