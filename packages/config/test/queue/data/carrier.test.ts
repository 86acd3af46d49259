import { context, propagation, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carry } from '../../../src/queue/data/carrier.ts';
import { startTracing, type Tracing } from '../../support/tracing.ts';

let tracing: Tracing;
beforeAll(() => {
  tracing = startTracing();
});
afterAll(() => tracing.close());

test('a task of an active span carries its trace, its state and its baggage', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const incoming = {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    tracestate: 'vendor=1',
    baggage: 'tenant=a',
  };
  const around = propagation.extract(context.active(), incoming);
  const carried = context.with(around, () =>
    trace.getTracer('test').startActiveSpan('request', (span) => {
      const { spanId } = span.spanContext();
      return { ...carry(), spanId };
    }),
  );
  expect(carried.traceId).toBe(traceId);
  expect(JSON.parse(carried.metadata)).toEqual({
    ...incoming,
    traceparent: `00-${traceId}-${carried.spanId}-01`,
  });
});

test('without a context a task has a new trace', () => {
  const { metadata, traceId } = carry();
  expect(JSON.parse(metadata)).toEqual({
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
  });
});
