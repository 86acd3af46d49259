import type { ErrorOrigin } from '../core/errors.ts';

type TraceHeaders = () => Record<string, string>;

/** Third-party servers: model providers and the targets of tools. */
const foreign: ReadonlySet<ErrorOrigin> = new Set(['llm', 'tool']);

/** The trace headers of a connection: servers of others get no baggage, which may name a user. */
export function traceHeadersFor(
  origin: ErrorOrigin,
  traceHeaders: TraceHeaders | undefined,
): TraceHeaders | undefined {
  if (traceHeaders === undefined || !foreign.has(origin)) return traceHeaders;
  return () => {
    const { baggage: _, ...headers } = traceHeaders();
    return headers;
  };
}
