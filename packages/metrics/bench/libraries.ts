import { metrics as otelApi } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import * as successor from '@prometheus-io/client';
import client from 'prom-client';
import { BUCKETS, MetricsManager } from '../src/index.ts';
import { snapshotMetrics } from '../src/testing.ts';

export const BOUNDS: number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The labels that a caller knows: two of the four of `llm_requests_total`. */
export interface Labels {
  readonly provider: string;
  readonly model: string;
}

/** Token counts have one label more. */
export interface TokenLabels extends Labels {
  readonly type: 'prompt' | 'completion';
}

/** The specification's calls in one library, and the counts that it holds. */
export interface Library {
  request(labels: Labels): void;
  tokens(labels: TokenLabels, value: number): void;
  duration(labels: Labels, seconds: number): void;
  boundRequest(labels: Labels): () => void;
  boundDuration(labels: Labels): (seconds: number) => void;
  /** Requests, tokens and durations by label combination. */
  counts(): Promise<Record<string, number>>;
}

const FULL = ['provider', 'model', 'operation', 'status'] as const;
const TYPED = ['provider', 'model', 'type'] as const;
const buckets = [...BUCKETS.LLM];

const keyOf = (name: string, labels: Record<string, unknown>): string =>
  [name, labels['provider'], labels['model'], labels['type']].join('/');

export function ours(enabled = true): Library {
  const metrics = new MetricsManager({ enabled });
  return {
    request: (labels) => metrics.trackLlm('requests', labels),
    tokens: (labels, value) => metrics.trackLlm('tokens', labels, value),
    duration: (labels, seconds) => metrics.trackLlm('duration', labels, seconds),
    boundRequest: (labels) => {
      const bound = metrics.metric('llm', 'requests').labels(labels);
      return () => bound.inc();
    },
    boundDuration: (labels) => {
      const bound = metrics.metric('llm', 'duration').labels(labels);
      return (seconds) => bound.observe(seconds);
    },
    counts: async () => {
      const names: Record<string, string> = {
        llm_requests_total: 'requests',
        llm_tokens_total: 'tokens',
        llm_request_duration_seconds: 'duration',
      };
      const series = snapshotMetrics(metrics).filter(({ name }) => name in names);
      return Object.fromEntries(
        series.map(({ name, labels, value }) => [keyOf(names[name] as string, labels), value]),
      );
    },
  };
}

/** Both packages have the same interface. */
function promLike({ Counter, Histogram, Registry }: typeof client): Library {
  const registers = [new Registry()];
  const requests = new Counter({ name: 'r_total', help: 'r', labelNames: FULL, registers });
  const tokens = new Counter({ name: 't_total', help: 't', labelNames: TYPED, registers });
  const duration = new Histogram({ name: 'd', help: 'd', labelNames: FULL, buckets, registers });
  return {
    request: (labels) => requests.inc(labels),
    tokens: (labels, value) => tokens.inc(labels, value),
    duration: (labels, seconds) => duration.observe(labels, seconds),
    boundRequest: (labels) => {
      const bound = requests.labels({ ...labels });
      return () => bound.inc();
    },
    boundDuration: (labels) => {
      const bound = duration.labels({ ...labels });
      return (seconds) => bound.observe(seconds);
    },
    counts: async () => {
      const durations = (await duration.get()).values.filter(
        ({ metricName }) => metricName === 'd_count',
      );
      const lists = {
        requests: (await requests.get()).values,
        tokens: (await tokens.get()).values,
        duration: durations,
      };
      return Object.fromEntries(
        Object.entries(lists).flatMap(([name, values]) =>
          values.map(({ labels, value }) => [keyOf(name, labels), value]),
        ),
      );
    },
  };
}

export const promClient = (): Library => promLike(client);
export const prometheusIo = (): Library => promLike(successor as unknown as typeof client);

export function openTelemetry(): Library {
  otelApi.disable();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const requests = meter.createCounter('requests');
  const tokens = meter.createCounter('tokens');
  const duration = meter.createHistogram('duration', {
    advice: { explicitBucketBoundaries: buckets },
  });
  return {
    request: (labels) => requests.add(1, labels as never),
    tokens: (labels, value) => tokens.add(value, labels as never),
    duration: (labels, seconds) => duration.record(seconds, labels as never),
    boundRequest: (labels) => () => requests.add(1, { ...labels }),
    boundDuration: (labels) => (seconds) => duration.record(seconds, { ...labels }),
    counts: async () => {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics[0]?.metrics ?? [];
      return Object.fromEntries(
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            keyOf(descriptor.name, attributes),
            typeof value === 'number' ? value : (value as { count: number }).count,
          ]),
        ),
      );
    },
  };
}
