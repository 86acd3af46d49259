import { isArray, valueAtOnce } from '@map/redaction/kernel';
import type { ErrorOrigin } from '../core/errors.ts';

type TraceHeaders = () => Record<string, string>;

/** Third-party servers: model providers and the targets of tools. */
const foreign: ReadonlySet<ErrorOrigin> = new Set(['llm', 'tool']);

/**
 * The trace headers of a connection: servers of others get no baggage, which may name a user.
 * Anything but an object counts as no headers.
 */
export function traceHeadersFor(
  origin: ErrorOrigin,
  traceHeaders: TraceHeaders | undefined,
): TraceHeaders | undefined {
  if (traceHeaders === undefined) return undefined;
  const isForeign = foreign.has(origin);
  return () => {
    const made: unknown = valueAtOnce(traceHeaders());
    // A string would be read character by character.
    if (typeof made !== 'object' || made === null || isArray(made)) return {};
    if (!isForeign) return made as Record<string, string>;
    const { baggage: _, ...headers } = made as Record<string, string>;
    return headers;
  };
}
