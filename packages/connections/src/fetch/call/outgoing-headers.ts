import { isValidHeader } from '../../core/header-syntax.ts';
import type { RequestHeaders } from '../request/headers.ts';
import { ACCEPT_ENCODING } from '../response/decoder.ts';
import type { CallOwner } from './call-owner.ts';
import { isTracedBelow } from './traced-below.ts';

/** Adds the connection's headers to those of a request, which take precedence. */
export function addHeaders(
  headers: RequestHeaders,
  { headers: defaults, traceHeaders }: Pick<CallOwner, 'headers' | 'traceHeaders'>,
): void {
  addMissing(headers, defaults);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', ACCEPT_ENCODING);
  if (!headers.has('user-agent')) headers.set('user-agent', 'map');
  if (traceHeaders === undefined || isTracedBelow()) return;
  try {
    addMissing(headers, traceHeaders());
  } catch {
    // A request that cannot be traced is still sent.
  }
}

function addMissing(headers: RequestHeaders, more: Readonly<Record<string, string>>): void {
  for (const name in more) {
    const key = name.toLowerCase();
    const value = String(more[name]);
    if (!headers.has(key) && isValidHeader(name, value)) headers.set(key, value);
  }
}
