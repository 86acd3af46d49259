import type { Options } from 'got';
import { isValidHeader } from '../core/header-syntax.ts';

/** Adds the trace headers; a request that cannot be traced is still sent. */
export function addTraceHeaders(
  { headers }: Options,
  traceHeaders: (() => Record<string, string>) | undefined,
): void {
  if (traceHeaders === undefined) return;
  try {
    const made = traceHeaders();
    for (const header in made) {
      if (!isValidHeader(header, String(made[header]))) continue;
      headers[header] ??= made[header];
    }
  } catch {}
}
