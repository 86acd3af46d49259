import { type Bench, type ContenderSteps, defineBench } from '@map-tooling/bench';
import client from 'prom-client';
import { MetricsManager } from '../src/index.ts';
import { snapshotMetrics } from '../src/testing.ts';

const labelNames = ['provider', 'model', 'status'] as const;
const options = { name: 'c_total', help: 'c' };

type Labels = Record<(typeof labelNames)[number], string>;

interface Counter {
  inc(labels: Labels): void;
  /** How many series it has. */
  series(): Promise<number>;
}

function ours(): Counter {
  const manager = new MetricsManager({ maxSeries: 1e6 });
  const counter = manager.defineCounter({ ...options, labels: labelNames });
  return {
    inc: (labels) => counter.inc(labels),
    series: async () => snapshotMetrics(manager).filter(({ name }) => name === 'c_total').length,
  };
}

function promClient(): Counter {
  const counter = new client.Counter({ ...options, labelNames, registers: [] });
  return {
    inc: (labels) => counter.inc(labels),
    series: async () => (await counter.get()).values.length,
  };
}

/** Counts in each of the series in turn, a step apart that visits all of them. */
function contender(make: () => Counter, series: number): ContenderSteps {
  const all = Array.from({ length: series }, (_, index) => ({
    provider: `provider-${index % 5}`,
    model: `model-${index}`,
    status: 'success',
  }));
  let counter: Counter;
  let next = 0;
  return {
    setup: () => {
      counter = make();
      for (const labels of all) counter.inc(labels);
    },
    run: () => {
      next = (next + 7_919) % series;
      // A new object for each call, as callers write it.
      counter.inc({ ...(all[next] as Labels) });
    },
    output: () => counter.series(),
  };
}

export default [10, 100, 1_000, 10_000].map((at) =>
  defineBench({
    name: `growth-series-${at}`,
    title: `Count in one of ${at} series`,
    curve: {
      name: 'growth-series',
      title: 'Count once, 3 labels',
      by: 'series of the counter',
      at,
    },
    rounds: 7,
    contenders: {
      '@map/metrics': contender(ours, at),
      'prom-client': contender(promClient, at),
    },
  }),
) as Bench[];
