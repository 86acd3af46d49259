import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import * as successor from '@prometheus-io/client';
import client from 'prom-client';
import { MetricsManager } from '../src/index.ts';
import { snapshotMetrics } from '../src/testing.ts';
import { BOUNDS } from './libraries.ts';

const SERIES = quick ? 500 : 20_000;
const labelNames = ['provider', 'model', 'status'] as const;

type Kind = 'counter' | 'histogram';
type Labels = Record<(typeof labelNames)[number], string>;

interface Recorder {
  record(labels: Labels, value: number): void;
  count(): Promise<number>;
}

function ours(kind: Kind): Recorder {
  const manager = new MetricsManager({ maxSeries: 1e6 });
  const count = async () => snapshotMetrics(manager).reduce((sum, { value }) => sum + value, 0);
  if (kind === 'counter') {
    const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: labelNames });
    return { record: (labels) => counter.inc(labels), count };
  }
  const histogram = manager.defineHistogram({
    name: 'h',
    help: 'h',
    labels: labelNames,
    buckets: BOUNDS,
  });
  return { record: (labels, value) => histogram.observe(labels, value), count };
}

/** Both packages have the same interface. */
function promLike({ Counter, Histogram, Registry }: typeof client, kind: Kind): Recorder {
  const registers = [new Registry()];
  if (kind === 'counter') {
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames, registers });
    return {
      record: (labels) => counter.inc(labels),
      count: async () => sum((await counter.get()).values),
    };
  }
  const histogram = new Histogram({
    name: 'h',
    help: 'h',
    labelNames,
    buckets: BOUNDS,
    registers,
  });
  return {
    record: (labels, value) => histogram.observe(labels, value),
    count: async () => {
      const { values } = await histogram.get();
      return sum(values.filter(({ metricName }) => metricName === 'h_count'));
    },
  };
}

function sum(values: readonly { readonly value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

// The OpenTelemetry SDK is missing: it keeps at most 2,000 series of a metric.
const LIBRARIES: Record<string, (kind: Kind) => Recorder> = {
  '@map/metrics': ours,
  'prom-client': (kind) => promLike(client, kind),
  '@prometheus-io/client': (kind) => promLike(successor as unknown as typeof client, kind),
};

function bytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function contenders(kind: Kind): Record<string, ContenderSteps> {
  return Object.fromEntries(
    Object.entries(LIBRARIES).map(([name, make]) => {
      // All stay: the memory of one that is released at any time would be taken off the next one's.
      const recorders: Recorder[] = [];
      return [
        name,
        {
          run: () => {
            const before = bytes();
            const recorder = make(kind);
            recorders.push(recorder);
            for (let i = 0; i < SERIES; i++) {
              recorder.record(
                {
                  provider: `p${(i >> 2) % 5}`,
                  model: `model-${i >> 2}`,
                  status: `s${i & 3}`,
                },
                i % 40,
              );
            }
            return (bytes() - before) / SERIES;
          },
          output: () => recorders.at(-1)?.count(),
        },
      ];
    }),
  );
}

export default (['counter', 'histogram'] as const).map((kind) =>
  defineBench({
    kind: 'value',
    unit: 'bytes',
    better: 'lower',
    processes: true,
    name: `heap-${kind}`,
    title: `Memory of one series of a ${kind}, 3 labels`,
    goals: [{ against: 'prom-client', atMost: 1 }],
    contenders: contenders(kind),
    verify: (outputs) => {
      const [first, ...others] = Object.values(outputs);
      if (!(Number(first) >= 500) || others.some((count) => count !== first)) {
        throw new Error(JSON.stringify(outputs));
      }
    },
  }),
) as Bench[];
