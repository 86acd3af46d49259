import { activeSpan, type OtelSpanContext, otelContextOf, otelLogs } from '@map/redaction/kernel';
import { type LevelInput, type LevelName, levelName, levelNumber } from '../level/level.ts';
import type { WinstonTransport } from '../output/transport-queue.ts';

/** Options of {@link otelTransport}. */
export interface OtelTransportOptions {
  /** The lowest level that is sent; that of the logger by default. */
  readonly level?: LevelInput | undefined;
}

/** OpenTelemetry's numbers of severities. */
const SEVERITY: Readonly<Record<LevelName, number>> = {
  TRACE: 1,
  DEBUG: 5,
  VERBOSE: 6,
  HTTP: 7,
  INFO: 9,
  WARNING: 13,
  ERROR: 17,
  CRITICAL: 21,
};

/**
 * Hands each finished, redacted line to the log provider that the application has registered with
 * OpenTelemetry, with its severity, its attributes and the span that it was written in. The scope
 * is the name of the logger. Without a provider, it does nothing.
 *
 * @param options The least level.
 * @returns A transport for the option `transports` of `setupLogging`.
 * @example
 * ```ts
 * import { getLogger, setupLogging } from '@map/logger';
 * import { otelTransport } from '@map/logger/otel';
 *
 * setupLogging({ transports: [otelTransport({ level: 'INFO' })] });
 * getLogger('shop').info('Sold', { price: 5 });
 * ```
 */
export function otelTransport(options: OtelTransportOptions = {}): WinstonTransport {
  const transport = {
    name: 'opentelemetry',
    ...(options?.level !== undefined && { level: options.level }),
    log(info: Readonly<Record<string, unknown>>, next: (error?: unknown) => void): void {
      try {
        emit(info);
        next();
      } catch (error) {
        next(error);
      }
    },
  };
  return transport as WinstonTransport;
}

function emit(info: Readonly<Record<string, unknown>>): void {
  const provider = otelLogs();
  if (provider === undefined) return;
  const { level, message, timestamp, name, error, ...rest } = info;
  const { ids, fields } = takeSpan(rest);
  const severity = levelName(levelNumber(String(level)) ?? levelNumber('INFO') ?? 0);
  provider.getLogger(typeof name === 'string' ? name : 'root').emit({
    ...(typeof timestamp === 'string' && { timestamp: timeOf(timestamp) }),
    severityNumber: SEVERITY[severity as LevelName],
    severityText: severity,
    body: message,
    attributes: { ...fields, ...exceptionOf(error) },
    context: ids === undefined ? undefined : otelContextOf(ids),
  });
}

/** Takes the ids of the line's span out of its fields; a line may be sent after its span. */
function takeSpan(fields: Readonly<Record<string, unknown>>): {
  readonly ids: OtelSpanContext | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
} {
  const { trace_id, span_id, trace_flags, otel_trace_id, stack: _stack, ...rest } = fields;
  if (typeof span_id !== 'string' || typeof trace_flags !== 'number') {
    return { ids: undefined, fields: { ...rest, trace_id } };
  }
  const active = activeSpan();
  if (active?.spanId === span_id) {
    return { ids: active, fields: otel_trace_id === undefined ? rest : { ...rest, trace_id } };
  }
  const traceId = String(otel_trace_id ?? trace_id);
  const own = otel_trace_id === undefined ? rest : { ...rest, trace_id };
  return { ids: { traceId, spanId: span_id, traceFlags: trace_flags }, fields: own };
}

/** Seconds and nanoseconds: a line has microseconds. */
function timeOf(timestamp: string): [number, number] {
  const seconds = Math.floor(Date.parse(timestamp) / 1000);
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '0';
  return [seconds, Number(fraction.padEnd(9, '0').slice(0, 9))];
}

/** An error of a line by the conventions; the rest of it stays as it is. */
function exceptionOf(error: unknown): Readonly<Record<string, unknown>> {
  if (error === undefined) return {};
  if (typeof error !== 'object' || error === null) return { error };
  const { name, type, message, stack, ...rest } = error as Readonly<Record<string, unknown>>;
  const exception = {
    'exception.type': type ?? name,
    'exception.message': message,
    'exception.stacktrace': stack,
  };
  const known = Object.entries(exception).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    ...(Object.keys(rest).length > 0 && { error: rest }),
  };
}
