import { captureLogs, getLogger } from '@map/logger';
import { logs, metrics, trace } from '@opentelemetry/api';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { flushTelemetry } from '../../src/wiring/telemetry.ts';

const log = getLogger('map.config');

afterEach(() => {
  for (const api of [trace, metrics, logs]) api.disable();
});

test('flushes every registered provider', async () => {
  const spans = new InMemorySpanExporter();
  const tracer = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: spans })],
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const meter = new MeterProvider({ readers: [reader] });
  trace.setGlobalTracerProvider(tracer);
  metrics.setGlobalMeterProvider(meter);
  logs.setGlobalLoggerProvider(new LoggerProvider());
  trace.getTracer('a').startSpan('b').end();
  metrics.getMeter('a').createCounter('c').add(1);
  const captured = captureLogs();
  onTestFinished(() => captured.stop());
  await flushTelemetry(10_000, log);
  expect(spans.getFinishedSpans()).toHaveLength(1);
  expect(exporter.getMetrics()).toHaveLength(1);
  expect(captured.entries).toEqual([]);
  await Promise.all([tracer.shutdown(), meter.shutdown()]);
});

test('says what could not be flushed, within the limit', async () => {
  const hanging: SpanExporter = { export: () => undefined, shutdown: async () => undefined };
  const tracer = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: hanging, exportTimeoutMillis: 1e6 })],
  });
  trace.setGlobalTracerProvider(tracer);
  trace.getTracer('a').startSpan('b').end();
  const forceFlush = () => {
    throw new Error('bad provider');
  };
  metrics.setGlobalMeterProvider({ forceFlush } as never);
  logs.setGlobalLoggerProvider({ forceFlush: () => Promise.reject(new Error('refused')) } as never);
  const captured = captureLogs();
  onTestFinished(() => captured.stop());
  await flushTelemetry(20, log);
  expect(captured.entries.map(({ level, message }) => `${level} ${message}`).sort()).toEqual([
    'WARNING Telemetry not flushed: logs: UNKNOWN_ERROR_1001: refused',
    'WARNING Telemetry not flushed: metrics: UNKNOWN_ERROR_1001: bad provider',
    'WARNING Telemetry not flushed: traces: UNKNOWN_ERROR_1001: not completed within 20 ms',
  ]);
});

test('a provider that cannot be read does not keep the others from being flushed', async () => {
  const unreadable = new Proxy(
    {},
    {
      get() {
        throw new Error('bad provider');
      },
    },
  );
  let flushed = 0;
  trace.setGlobalTracerProvider(unreadable as never);
  metrics.setGlobalMeterProvider({ forceFlush: async () => void flushed++ } as never);
  await flushTelemetry(20, log);
  expect(flushed).toBe(1);
});

test('does nothing without OpenTelemetry', async () => {
  await expect(flushTelemetry(20, log)).resolves.toBeUndefined();
});
