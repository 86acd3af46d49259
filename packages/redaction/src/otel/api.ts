/*
 * OpenTelemetry without a dependency: every installed copy of @opentelemetry/api 1.x registers what
 * an application sets up under one global symbol, so that copies find each other's. It is read here
 * in the same way. Without a registered provider, a lookup is all that tracing costs.
 */

/** A value of a span: as OpenTelemetry allows. */
export type OtelAttribute = string | number | boolean | readonly string[];

/** The ids of a span. */
export interface OtelSpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean | undefined;
  readonly traceState?: { serialize(): string } | undefined;
}

/** The parts of a span that are used. */
export interface OtelSpan {
  spanContext(): OtelSpanContext;
  isRecording(): boolean;
  setAttributes(attributes: Record<string, OtelAttribute>): unknown;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  recordException(exception: {
    readonly name: string;
    readonly message: string;
    readonly stack?: string;
  }): void;
  end(epochMs?: number): void;
}

/** An immutable set of values that follows the work. */
export interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

/** Reads and writes the members of a carrier. */
export interface OtelPropagator {
  inject(
    context: OtelContext,
    carrier: Record<string, string>,
    setter: { set(carrier: Record<string, string>, key: string, value: string): void },
  ): void;
  extract(
    context: OtelContext,
    carrier: Readonly<Record<string, string>>,
    getter: {
      get(carrier: Readonly<Record<string, string>>, key: string): string | undefined;
      keys(carrier: Readonly<Record<string, string>>): string[];
    },
  ): OtelContext;
}

/** A provider that buffers data and can flush it. */
export interface OtelProvider {
  forceFlush?(): Promise<void>;
}

/** The providers that an application has registered. */
export interface OtelApi {
  readonly trace?: OtelProvider & {
    getTracer(name: string): {
      startSpan(name: string, options: object, context?: OtelContext): OtelSpan;
    };
    getDelegate?(): OtelProvider;
  };
  readonly context?: { active(): OtelContext; with<T>(context: OtelContext, run: () => T): T };
  readonly propagation?: OtelPropagator;
  readonly metrics?: OtelProvider;
  readonly logs?: OtelLogs;
}

/** Takes log records. */
export interface OtelLogs extends OtelProvider {
  getLogger(name: string): { emit(record: object): void };
}

const API = Symbol.for('opentelemetry.js.api.1');
const registry = globalThis as { [API]?: OtelApi };

/** The key of the active span in a context. */
export const SPAN_KEY: symbol = Symbol.for('OpenTelemetry Context Key SPAN');

/** The OpenTelemetry providers of the application, if any. */
export function otelApi(): OtelApi | undefined {
  return registry[API];
}

/** The registry of @opentelemetry/api-logs, which was a package before it became a part of the API. */
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_VERSION = 1;

/** The registered provider of log records, if any. */
export function otelLogs(): OtelLogs | undefined {
  const { [LOGS]: older } = globalThis as { [LOGS]?: (version: number) => OtelLogs };
  return registry[API]?.logs ?? older?.(LOGS_VERSION);
}

/** The registered providers that can be flushed, by the signal they keep. */
export function otelProviders(): (readonly [signal: string, provider: OtelProvider])[] {
  const { trace, metrics } = registry[API] ?? {};
  const providers = [
    ['traces', () => trace?.getDelegate?.() ?? trace],
    ['metrics', () => metrics],
    ['logs', otelLogs],
  ] as const;
  return providers.flatMap(([signal, find]) => {
    try {
      const provider = find();
      return typeof provider?.forceFlush === 'function' ? [[signal, provider] as const] : [];
    } catch {
      // A provider that cannot be read cannot be flushed either.
      return [];
    }
  });
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;

/** The ids of the active span; undefined without OpenTelemetry or without a valid span. */
export function activeSpan(): OtelSpanContext | undefined {
  const manager = registry[API]?.context;
  if (manager === undefined) return undefined;
  try {
    const span = manager.active().getValue(SPAN_KEY) as OtelSpan | undefined;
    const ids = span?.spanContext();
    return ids !== undefined && isValid(ids) ? ids : undefined;
  } catch {
    return undefined;
  }
}

/** Checks ids as OpenTelemetry does: any code can wrap any ids as a span. */
function isValid({ traceId, spanId, traceFlags }: OtelSpanContext): boolean {
  return TRACE_ID.test(traceId) && SPAN_ID.test(spanId) && Number.isInteger(traceFlags);
}
