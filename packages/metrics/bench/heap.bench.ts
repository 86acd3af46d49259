import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { MetricsManager } from '../src/index.ts';
import { snapshotMetrics } from '../src/testing.ts';
import { BOUNDS, type Library, promClient, prometheusIo } from './libraries.ts';

const SERIES = quick ? 500 : 20_000;
const labelNames = ['provider', 'model', 'status'] as const;

type Kind = 'counter' | 'histogram';

/** As `ours` of the other benchmarks, but without the cap on series. */
function uncapped(): Pick<Library, 'count' | 'observe' | 'counts' | 'observations'> {
  const manager = new MetricsManager({ maxSeries: 1e6 });
  const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: labelNames });
  const histogram = manager.defineHistogram({
    name: 'h',
    help: 'h',
    labels: labelNames,
    buckets: BOUNDS,
  });
  const read = async () =>
    Object.fromEntries(
      snapshotMetrics(manager).map(({ labels, value }) => [Object.values(labels).join('/'), value]),
    );
  return {
    count: (labels) => counter.inc(labels),
    observe: (labels, value) => histogram.observe(labels, value),
    counts: read,
    observations: read,
  };
}

// The OpenTelemetry SDK is missing: it keeps 2,000 series a metric at most.
const LIBRARIES = {
  '@map/metrics': uncapped,
  'prom-client': promClient,
  '@prometheus-io/client': prometheusIo,
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
      let library: ReturnType<typeof uncapped> | undefined;
      return [
        name,
        {
          run: () => {
            library = undefined;
            const before = bytes();
            library = make();
            for (let i = 0; i < SERIES; i++) {
              const labels = {
                provider: `p${(i >> 2) % 5}`,
                model: `model-${i >> 2}`,
                status: `s${i & 3}`,
              };
              if (kind === 'counter') library.count(labels);
              else library.observe(labels, i % 40);
            }
            return (bytes() - before) / SERIES;
          },
          output: async () =>
            Object.values(
              (await (kind === 'counter' ? library?.counts() : library?.observations())) ?? {},
            ).reduce((sum, count) => sum + count, 0),
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
