import type { Options } from 'got';

/** What the name and the value of a header may consist of (RFC 9110, section 5). */
const validName = /^[\w!#$%&'*+.^`|~-]+$/;
const validValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Adds the trace headers; a request that cannot be traced is sent all the same. */
export function addTraceHeaders(
  { headers }: Options,
  traceHeaders: (() => Record<string, string>) | undefined,
): void {
  if (traceHeaders === undefined) return;
  try {
    const made = traceHeaders();
    for (const header in made) {
      if (!validName.test(header) || !validValue.test(String(made[header]))) continue;
      headers[header] ??= made[header];
    }
  } catch {}
}
