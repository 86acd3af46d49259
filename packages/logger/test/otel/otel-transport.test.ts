import { context, logs, SeverityNumber, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  closeLogging,
  getLogger,
  getLoggingStats,
  runWithContext,
  setupLogging,
} from '../../src/index.ts';
import { otelTransport } from '../../src/otel/otel-transport.ts';

const exporter = new InMemoryLogRecordExporter();
const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
const tracer = new TracerProvider().getTracer('test');

beforeAll(() => {
  logs.setGlobalLoggerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(async () => {
  await provider.shutdown();
  logs.disable();
  context.disable();
});
afterEach(async () => {
  exporter.reset();
  await closeLogging();
});

test('a line is a record with its severity, redacted attributes, time and span', () => {
  setupLogging({
    console: false,
    caller: 'never',
    transports: [otelTransport({ level: 'DEBUG' })],
  });
  const log = getLogger('shop.orders');
  const span = tracer.startSpan('work');
  context.with(trace.setSpan(context.active(), span), () =>
    runWithContext({ task_id: 't-1' }, () => {
      log.info('Sold', { price: 5, password: 'hunter2', tags: ['a'] });
      log.error('Failed', { error: new TypeError('no stock') });
    }),
  );
  log.debug('Quiet');
  log.trace('Not sent');
  const [sold, failed, quiet, ...more] = exporter.getFinishedLogRecords();
  expect(more).toEqual([]);
  expect(sold).toMatchObject({
    body: 'Sold',
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    attributes: { task_id: 't-1', price: 5, password: '**********', tags: ['a'] },
    instrumentationScope: { name: 'shop.orders' },
    spanContext: span.spanContext(),
  });
  expect(Object.keys(sold?.attributes ?? {})).not.toContain('trace_id');
  expect(Math.abs((sold?.hrTime[0] ?? 0) * 1000 - Date.now())).toBeLessThan(60_000);
  expect(failed).toMatchObject({
    severityNumber: SeverityNumber.ERROR,
    attributes: {
      'exception.type': 'TypeError',
      'exception.message': 'no stock',
      'exception.stacktrace': expect.stringContaining('otel-transport.test'),
    },
  });
  expect(quiet?.spanContext).toBeUndefined();
  expect(quiet?.attributes['trace_id']).toMatch(/^[0-9a-f]{32}$/);
});

test('a trace id of the application is an attribute beside the span', () => {
  setupLogging({ console: false, transports: [otelTransport()] });
  const span = tracer.startSpan('work');
  runWithContext({ trace_id: 'order-7' }, () =>
    context.with(trace.setSpan(context.active(), span), () => getLogger('a').info('m')),
  );
  const [record] = exporter.getFinishedLogRecords();
  expect(record?.spanContext?.traceId).toBe(span.spanContext().traceId);
  expect(record?.attributes['trace_id']).toBe('order-7');
});

test('a provider that throws costs lines and nothing else; without one there is nothing to do', () => {
  logs.disable();
  onTestFinished(() => void logs.setGlobalLoggerProvider(provider));
  setupLogging({ console: false, transports: [otelTransport()] });
  getLogger('a').info('nowhere');
  expect(getLoggingStats()).toMatchObject([{ name: 'opentelemetry', dropped: 0 }]);
  logs.setGlobalLoggerProvider({
    getLogger: () => {
      throw new Error('bad provider');
    },
  });
  getLogger('a').info('lost');
  expect(getLoggingStats()).toMatchObject([{ name: 'opentelemetry', dropped: 1 }]);
  logs.disable();
});
