import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import {
  COMBINATIONS,
  type Labels,
  type Library,
  openTelemetry,
  ours,
  promClient,
  prometheusIo,
} from './libraries.ts';

const SLICES = quick ? 2 : 40;
const OPERATIONS_A_SLICE = quick ? 3000 : 60_000;

const LIBRARIES: Record<string, () => Library> = {
  '@map/metrics': ours,
  'prom-client': promClient,
  '@prometheus-io/client': prometheusIo,
  'OpenTelemetry SDK': openTelemetry,
};

/**
 * Nanoseconds an operation: the middle one of many short loops, so that a loop which another
 * process interrupted does not count. The CPU clock of a thread is too coarse for this: it moves
 * once in up to 4 ms.
 */
function measure(operation: (i: number) => void): number {
  const slices: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const start = performance.now();
    for (let i = 0; i < OPERATIONS_A_SLICE; i++) operation(i);
    slices.push(((performance.now() - start) * 1e6) / OPERATIONS_A_SLICE);
  }
  return slices.sort((a, b) => a - b)[SLICES >> 1] as number;
}

const at = (i: number): Labels => COMBINATIONS[i % 60] as Labels;

/** A fresh object a call, as callers write it. */
const fresh = (i: number): Labels => {
  const { provider, model, status } = at(i);
  return { provider, model, status };
};

function contenders(
  names: readonly string[],
  prepare: (library: Library) => (i: number) => void,
  output: (library: Library) => unknown,
): Record<string, ContenderSteps> {
  return Object.fromEntries(
    names.map((name) => {
      let library: Library;
      let operation: (i: number) => void;
      return [
        name,
        {
          setup: () => {
            library = (LIBRARIES[name] as () => Library)();
            operation = prepare(library);
          },
          run: () => measure(operation),
          output: () => output(library),
        },
      ];
    }),
  );
}

/** Every library has counted every combination, and all of them alike often. */
function sameCounts(outputs: Record<string, unknown>): void {
  const [first, ...others] = Object.values(outputs).map((counts) => JSON.stringify(shares(counts)));
  if (first === undefined || first.length < 60 * 5 || others.some((other) => other !== first)) {
    throw new Error('the libraries have counted differently');
  }
}

function shares(counts: unknown): [string, number][] {
  const entries = Object.entries(counts as Record<string, number>).sort();
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  return entries.map(([key, count]) => [key, count / total]);
}

const common = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;
const all = Object.keys(LIBRARIES);
const bindable = all.slice(0, 3);
const seconds = (i: number): number => ((i * 7919) % 1000) / 100;

export default [
  defineBench({
    ...common,
    name: 'counter',
    title: 'Count, 3 labels, 60 combinations',
    goals: [{ against: 'prom-client', atMost: 0.1 }],
    contenders: contenders(
      all,
      (library) => (i) => library.count(fresh(i)),
      (library) => library.counts(),
    ),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'counter-bound',
    title: 'Count through a bound handle, 60 handles',
    goals: [{ against: 'prom-client', atMost: 0.03 }],
    contenders: contenders(
      bindable,
      (library) => {
        const handles = COMBINATIONS.map((labels) => library.boundCounter(labels));
        return (i) => (handles[i % 60] as { inc(): void }).inc();
      },
      (library) => library.counts(),
    ),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'histogram',
    title: 'Observe, 3 labels, 60 combinations, 12 buckets',
    goals: [{ against: 'prom-client', atMost: 0.1 }],
    contenders: contenders(
      all,
      (library) => (i) => library.observe(fresh(i), seconds(i)),
      (library) => library.observations(),
    ),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'histogram-bound',
    title: 'Observe through a bound handle, 60 handles',
    goals: [{ against: 'prom-client', atMost: 0.1 }],
    contenders: contenders(
      bindable,
      (library) => {
        const handles = COMBINATIONS.map((labels) => library.boundHistogram(labels));
        return (i) => (handles[i % 60] as { observe(value: number): void }).observe(seconds(i));
      },
      (library) => library.observations(),
    ),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'disabled',
    title: 'Count and observe with collection off',
    goals: [{ atMost: 5 }, { of: 'observe', atMost: 5 }],
    contenders: {
      count: disabled((library) => (i) => library.count(at(i))),
      observe: disabled((library) => (i) => library.observe(at(i), 1)),
      'bound count': disabled((library) => {
        const handle = library.boundCounter(at(0));
        return () => handle.inc();
      }),
    },
    verify: (outputs) => {
      if (JSON.stringify(Object.values(outputs)) !== '[{},{},{}]')
        throw new Error('it has counted');
    },
  }),
] as Bench[];

function disabled(prepare: (library: Library) => (i: number) => void): ContenderSteps {
  const library = ours(false);
  const operation = prepare(library);
  return { run: () => measure(operation), output: () => library.counts() };
}
