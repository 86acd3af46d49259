import { metrics as otelApi } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import * as successor from '@prometheus-io/client';
import client from 'prom-client';
import { MetricsManager } from '../src/index.ts';
import { snapshotMetrics } from '../src/testing.ts';

export const BOUNDS: number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Three labels in 60 combinations. */
export interface Labels {
  readonly provider: string;
  readonly model: string;
  readonly status: string;
}

const PROVIDERS = ['openai', 'anthropic', 'google'];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'gemini-2.5-pro', 'llama-4'];
const STATUSES = ['success', 'error', 'cancelled', 'timeout'];

export const COMBINATIONS: Labels[] = PROVIDERS.flatMap((provider) =>
  MODELS.flatMap((model) => STATUSES.map((status) => ({ provider, model, status }))),
);

/** One library's counter and histogram, and what they hold by label combination. */
export interface Library {
  count(labels: Labels): void;
  observe(labels: Labels, value: number): void;
  boundCounter(labels: Labels): { inc(): void };
  boundHistogram(labels: Labels): { observe(value: number): void };
  counts(): Promise<Record<string, number>>;
  observations(): Promise<Record<string, number>>;
}

const labelNames = ['provider', 'model', 'status'] as const;
const keyOf = (labels: Record<string, unknown>) => labelNames.map((name) => labels[name]).join('/');

export function ours(enabled = true): Library {
  const manager = new MetricsManager({ enabled });
  const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: labelNames });
  const histogram = manager.defineHistogram({
    name: 'h',
    help: 'h',
    labels: labelNames,
    buckets: BOUNDS,
  });
  const read = async (name: string) =>
    Object.fromEntries(
      snapshotMetrics(manager)
        .filter((series) => series.name === name)
        .map(({ labels, value }) => [keyOf(labels), value]),
    );
  return {
    count: (labels) => counter.inc(labels),
    observe: (labels, value) => histogram.observe(labels, value),
    boundCounter: (labels) => counter.labels(labels),
    boundHistogram: (labels) => histogram.labels(labels),
    counts: () => read('c_total'),
    observations: () => read('h'),
  };
}

export function promClient(): Library {
  const registers = [new client.Registry()];
  const counter = new client.Counter({ name: 'c_total', help: 'c', labelNames, registers });
  const histogram = new client.Histogram({
    name: 'h',
    help: 'h',
    labelNames,
    buckets: BOUNDS,
    registers,
  });
  return {
    count: (labels) => counter.inc(labels),
    observe: (labels, value) => histogram.observe(labels, value),
    boundCounter: (labels) => counter.labels({ ...labels }),
    boundHistogram: (labels) => histogram.labels({ ...labels }),
    counts: async () =>
      Object.fromEntries(
        (await counter.get()).values.map(({ labels, value }) => [keyOf(labels), value]),
      ),
    observations: async () =>
      Object.fromEntries(
        (await histogram.get()).values
          .filter(({ metricName }) => metricName === 'h_count')
          .map(({ labels, value }) => [keyOf(labels), value]),
      ),
  };
}

export function prometheusIo(): Library {
  const registers = [new successor.Registry()];
  const counter = new successor.Counter({ name: 'c_total', help: 'c', labelNames, registers });
  const histogram = new successor.Histogram({
    name: 'h',
    help: 'h',
    labelNames,
    buckets: BOUNDS,
    registers,
  });
  return {
    count: (labels) => counter.inc(labels),
    observe: (labels, value) => histogram.observe(labels, value),
    boundCounter: (labels) => counter.labels({ ...labels }),
    boundHistogram: (labels) => histogram.labels({ ...labels }),
    counts: async () =>
      Object.fromEntries(
        (await counter.get()).values.map(({ labels, value }) => [keyOf(labels), value]),
      ),
    observations: async () =>
      Object.fromEntries(
        (await histogram.get()).values
          .filter(({ metricName }) => metricName === 'h_count')
          .map(({ labels, value }) => [keyOf(labels), value]),
      ),
  };
}

export function openTelemetry(): Library {
  otelApi.disable();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const counter = meter.createCounter('c_total');
  const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: BOUNDS } });
  const read = async (name: string) => {
    const { resourceMetrics } = await reader.collect();
    const metric = resourceMetrics.scopeMetrics[0]?.metrics.find(
      ({ descriptor }) => descriptor.name === name,
    );
    return Object.fromEntries(
      (metric?.dataPoints ?? []).map(({ attributes, value }) => [
        keyOf(attributes),
        typeof value === 'number' ? value : (value as { count: number }).count,
      ]),
    );
  };
  return {
    count: (labels) => counter.add(1, labels as never),
    observe: (labels, value) => histogram.record(value, labels as never),
    boundCounter: (labels) => ({ inc: () => counter.add(1, { ...labels }) }),
    boundHistogram: (labels) => ({ observe: (value) => histogram.record(value, { ...labels }) }),
    counts: () => read('c_total'),
    observations: () => read('h'),
  };
}
