import { context, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const isProtobuf = process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'http/protobuf';

/** Registers the SDK with exporters that the variables `OTEL_EXPORTER_OTLP_*` configure. */
export function startSdk(metricProducers: MetricProducer[]): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const spans = new BatchSpanProcessor({
    exporter: isProtobuf ? new ProtobufTraces() : new JsonTraces(),
  });
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [spans] }));
  const records = new BatchLogRecordProcessor({
    exporter: isProtobuf ? new ProtobufLogs() : new JsonLogs(),
  });
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [records] }));
  const reader = new PeriodicExportingMetricReader({
    exporter: isProtobuf ? new ProtobufMetrics() : new JsonMetrics(),
    exportIntervalMillis: 1e6,
    metricProducers,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
}
