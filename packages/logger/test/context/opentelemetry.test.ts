import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CapturedLogs,
  captureLogs,
  getContext,
  getLogger,
  getTraceHeaders,
  LogContext,
  runWithContext,
  setupLogging,
} from '../../src/index.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const logger = getLogger('test');
let logs: CapturedLogs;

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CBaggagePropagator());
});
afterAll(async () => {
  await provider.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => {
  setupLogging({ caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

const tracer = trace.getTracer('test');

describe('with OpenTelemetry', () => {
  it.each([
    ['trace id', { traceId: '"}\n{"forged":1', spanId: 'b'.repeat(16), traceFlags: 1 }],
    ['span id', { traceId: 'a'.repeat(32), spanId: '"', traceFlags: 1 }],
    ['flags', { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '"' as never }],
  ])('a span that is not valid by its %s is ignored', (_, ids) => {
    const span = trace.wrapSpanContext(ids);
    context.with(trace.setSpan(context.active(), span), () => {
      logger.info('m');
      expect(getTraceHeaders()).toEqual({});
    });
    expect(logs.entries[0]?.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(logs.entries[0]).not.toHaveProperty('span_id');
  });

  it('a line has the ids of the active span, across awaits', async () => {
    await tracer.startActiveSpan('work', { kind: SpanKind.SERVER }, async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      logger.info('inside');
      const { traceId, spanId } = span.spanContext();
      expect(logs.entries[0]).toMatchObject({ trace_id: traceId, span_id: spanId, trace_flags: 1 });
      span.end();
    });
    logger.info('outside');
    expect(logs.entries[1]).not.toHaveProperty('span_id');
    const [exported] = exporter.getFinishedSpans();
    expect(exported?.spanContext().traceId).toBe(logs.entries[0]?.trace_id);
  });

  it('a context made inside takes the span’s trace, and one around it yields to it', () => {
    tracer.startActiveSpan('outer', (span) => {
      runWithContext({ task_id: 't' }, () => logger.info('a'));
      span.end();
      expect(logs.entries[0]).toMatchObject({ trace_id: span.spanContext().traceId, task_id: 't' });
    });
    runWithContext({ task_id: 't' }, () => {
      tracer.startActiveSpan('inner', (span) => {
        logger.info('b', { task_id: 'own' });
        expect(logs.entries[1]?.trace_id).toBe(span.spanContext().traceId);
        span.end();
      });
    });
  });

  it('a trace id that was given stays, with the span’s beside it', () => {
    runWithContext({ trace_id: 'unique-trace-123' }, () => {
      tracer.startActiveSpan('work', (span) => {
        logger.info('m').info('again', { trace_id: 'call' });
        const otel_trace_id = span.spanContext().traceId;
        expect(logs.entries).toMatchObject([
          { trace_id: 'unique-trace-123', otel_trace_id, span_id: span.spanContext().spanId },
          { trace_id: 'call', otel_trace_id },
        ]);
        span.end();
      });
    });
  });

  it('outgoing headers name the active span', () => {
    tracer.startActiveSpan('client', (span) => {
      const { traceId, spanId } = span.spanContext();
      expect(getTraceHeaders()).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
      span.end();
    });
    expect(getTraceHeaders()).toEqual({});
  });

  it('a trace from outside goes through a separate span', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const remote = trace.setSpanContext(context.active(), {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      traceFlags: 1,
      isRemote: true,
    });
    const incoming = LogContext.fromHeaders({ traceparent, tracestate: 'vendor=1' });
    runWithContext(incoming, () => {
      tracer.startActiveSpan('server', {}, remote, (span) => {
        logger.info('m');
        expect(logs.entries[0]).toMatchObject({
          trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
          span_id: span.spanContext().spanId,
        });
        expect(logs.entries[0]).not.toHaveProperty('otel_trace_id');
        expect(getTraceHeaders()).toEqual({
          traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${span.spanContext().spanId}-01`,
          tracestate: 'vendor=1',
        });
        const shown = LogContext.fromHeaders({ traceparent }, { trace_id: 'mine' });
        expect(runWithContext(shown, getTraceHeaders)['traceparent']).toContain(
          span.spanContext().spanId,
        );
        span.end();
      });
    });
  });

  it('a carrier continues the active span, with its trace id and the baggage', () => {
    const bag = propagation.createBaggage({ tenant: { value: 'a' } });
    context.with(propagation.setBaggage(context.active(), bag), () => {
      tracer.startActiveSpan('producer', (span) => {
        const { traceId, spanId } = span.spanContext();
        const carried = { traceparent: `00-${traceId}-${spanId}-01`, baggage: 'tenant=a' };
        expect(runWithContext({ task_id: 't' }, () => getContext()?.toCarrier())).toEqual({
          ...carried,
          context: { task_id: 't', trace_id: traceId },
        });
        // A context that was made outside of the span yields to it, where it is the current one.
        const earlier = context.with(ROOT_CONTEXT, () => runWithContext({}, getContext));
        expect(earlier?.toCarrier().traceparent).not.toContain(traceId);
        expect(runWithContext(earlier as LogContext, () => getContext()?.toCarrier())).toEqual({
          ...carried,
          context: { trace_id: traceId },
        });
        span.end();
      });
    });
  });

  it('a field of the same name is one key', () => {
    tracer.startActiveSpan('work', (span) => {
      logger.info('m', { span_id: 'mine', trace_flags: 9 });
      span.end();
    });
    expect(logs.lines[0]?.match(/"span_id"/g)).toHaveLength(1);
    expect(logs.entries[0]).toMatchObject({ span_id: 'mine', trace_flags: 9 });
  });
});
