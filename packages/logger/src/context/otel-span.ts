/** The active OpenTelemetry span, as much of it as a log line needs. */
export interface ActiveSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState?: { serialize(): string } | undefined;
}

interface OpenTelemetryGlobal {
  readonly context?: {
    active(): { getValue(key: symbol): { spanContext(): ActiveSpan } | undefined };
  };
}

// The registry every copy of @opentelemetry/api 1.x shares: reading it needs no import, so the
// package stays optional and costs nothing where it is absent.
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');
const registry = globalThis as { [API]?: OpenTelemetryGlobal };

/** The active span's context, or undefined without OpenTelemetry or without a valid span. */
export function activeSpan(): ActiveSpan | undefined {
  const manager = registry[API]?.context;
  if (manager === undefined) return undefined;
  try {
    const span = manager.active().getValue(SPAN)?.spanContext();
    return span !== undefined && isValid(span) ? span : undefined;
  } catch {
    return undefined;
  }
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;

/** What OpenTelemetry takes for valid: anybody can wrap any ids as a span. */
function isValid({ traceId, spanId, traceFlags }: ActiveSpan): boolean {
  return TRACE_ID.test(traceId) && SPAN_ID.test(spanId) && Number.isInteger(traceFlags);
}
