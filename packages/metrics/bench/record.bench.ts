import {
  type Bench,
  type ContenderSteps,
  defineBench,
  type Figure,
  quick,
} from '@map-tooling/bench';
import {
  type Labels,
  type Library,
  openTelemetry,
  ours,
  promClient,
  prometheusIo,
  type TokenLabels,
} from './libraries.ts';

const SLICES = quick ? 2 : 250;
const OPERATIONS_A_SLICE = quick ? 3000 : 2_000;

const LIBRARIES: Record<string, () => Library> = {
  '@map/metrics': ours,
  'prom-client': promClient,
  '@prometheus-io/client': prometheusIo,
  'OpenTelemetry SDK': openTelemetry,
};

const PROVIDERS = ['openai', 'anthropic', 'google'];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'gemini-2.5-pro', 'llama-4'];

/** A random label combination, and whether the caller writes the model first. */
interface Call {
  readonly provider: string;
  readonly model: string;
  readonly modelFirst: boolean;
}

/** Random, and the same for every library. */
function randomCalls(): Call[] {
  // xorshift32 with a fixed seed: https://www.jstatsoft.org/article/view/v008i14
  let state = 2_463_534_242 | 0;
  return Array.from({ length: 8192 }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const bits = state >>> 1;
    return {
      provider: PROVIDERS[bits % 3] as string,
      model: MODELS[(bits >> 4) % 5] as string,
      modelFirst: (bits & 0x1000) !== 0,
    };
  });
}

const CALLS = randomCalls();
const at = (i: number): Call => CALLS[i & 8191] as Call;

/** A new object for each call, as callers write it, in either order. */
function labelsOf(i: number): Labels {
  const { provider, model, modelFirst } = at(i);
  return modelFirst ? { model, provider } : { provider, model };
}

function tokenLabelsOf(i: number): TokenLabels {
  const { provider, model, modelFirst } = at(i);
  return modelFirst ? { model, provider, type: 'prompt' } : { type: 'prompt', provider, model };
}

const seconds = (i: number): number => ((i * 7919) % 1000) / 100;

/**
 * Makes the measurement of one operation: nanoseconds per call, the median of many short loops, so
 * that a loop that another process interrupted does not count. The CPU clock of a thread is too
 * coarse: it moves once in up to 4 ms. Each operation has a separate loop, which V8 compiles for it
 * alone: for the same text it would share what it learns.
 */
function meter(row: string, operation: (i: number) => void): () => number {
  const text = `/* ${row} */ for (let i = begin; i < end; i++) operation(i);`;
  const loop = new Function('operation', 'begin', 'end', text);
  return () => {
    const slices: number[] = [];
    for (let slice = 0; slice < SLICES; slice++) {
      const start = performance.now();
      loop(operation, slice * OPERATIONS_A_SLICE, (slice + 1) * OPERATIONS_A_SLICE);
      slices.push(((performance.now() - start) * 1e6) / OPERATIONS_A_SLICE);
    }
    return slices.sort((a, b) => a - b)[SLICES >> 1] as number;
  };
}

/** The calls of a service through one library, by row. */
function operations(library: Library, isBindable: boolean): Record<string, (i: number) => void> {
  const calls = {
    requests: (i: number) => library.request(labelsOf(i)),
    tokens: (i: number) => library.tokens(tokenLabelsOf(i), 150),
    duration: (i: number) => library.duration(labelsOf(i), seconds(i)),
  };
  if (!isBindable) return calls;
  const counts = boundHandles((labels) => library.boundRequest(labels));
  const timers = boundHandles((labels) => library.boundDuration(labels));
  return {
    ...calls,
    'requests-bound': (i) => (counts[i & 8191] as () => void)(),
    'duration-bound': (i) => (timers[i & 8191] as (value: number) => void)(seconds(i)),
  };
}

/** All of its calls in one process, as a service has them. */
function contender(name: string, make: () => Library): ContenderSteps {
  let library: Library;
  let meters: [name: string, measure: () => number][];
  return {
    setup: () => {
      library = make();
      const all = operations(library, name !== 'OpenTelemetry SDK');
      meters = Object.entries(all).map(([row, operation]) => [row, meter(row, operation)]);
    },
    run: () => Object.fromEntries(meters.map(([row, measure]) => [row, measure()])),
    output: () => library.counts(),
  };
}

/** Every library has counted all 15 combinations, with the same shares. */
function sameCounts(outputs: Record<string, unknown>): void {
  const [first, ...others] = Object.values(outputs).map((counts) => JSON.stringify(shares(counts)));
  if (first === undefined || first.length < 15 * 20 || others.some((other) => other !== first)) {
    throw new Error('the libraries have counted differently');
  }
}

/** Of each metric, the share of each combination: bound handles count a combination once more. */
function shares(counts: unknown): [string, number][] {
  const entries = Object.entries(counts as Record<string, number>).sort();
  const totals = new Map<string, number>();
  const metricOf = (key: string): string => key.split('/')[0] as string;
  for (const [key, count] of entries) {
    totals.set(metricOf(key), (totals.get(metricOf(key)) ?? 0) + count);
  }
  return entries.map(([key, count]) => [
    key,
    Math.round((count / (totals.get(metricOf(key)) as number)) * 1e6),
  ]);
}

function figure(title: string): Figure {
  return { title, unit: 'ns', better: 'lower', goals: [{ against: 'prom-client', atMost: 0.35 }] };
}

export default [
  defineBench({
    kind: 'values',
    name: 'record',
    figures: {
      requests: figure(
        "`trackLlm('requests', { model, provider })`, random combinations in both orders",
      ),
      tokens: figure(
        "`trackLlm('tokens', { model, provider, type }, 150)`, random combinations in two orders",
      ),
      duration: figure(
        "`trackLlm('duration', { model, provider }, seconds)`, random combinations in both orders",
      ),
      'requests-bound': figure('Count with a bound handle, one of 15 at random'),
      'duration-bound': figure('Observe with a bound handle, one of 15 at random'),
    },
    processes: true,
    contenders: Object.fromEntries(
      Object.entries(LIBRARIES).map(([name, make]) => [name, contender(name, make)]),
    ),
    verify: sameCounts,
  }),
  defineBench({
    kind: 'value',
    unit: 'ns',
    better: 'lower',
    processes: true,
    name: 'disabled',
    title: 'Count and observe with metrics disabled',
    goals: [{ atMost: 5 }, { of: 'observe', atMost: 5 }],
    contenders: {
      count: disabled((library) => (i) => library.request(at(i))),
      observe: disabled((library) => (i) => library.duration(at(i), 1)),
      'bound count': disabled((library) => library.boundRequest(at(0))),
    },
    verify: (outputs) => {
      if (JSON.stringify(Object.values(outputs)) !== '[{},{},{}]') {
        throw new Error('it has counted');
      }
    },
  }),
] as Bench[];

/** The bound handle of each call in turn; calls with the same labels share one. */
function boundHandles<H>(bind: (labels: Labels) => H): H[] {
  const handles = new Map<string, H>();
  return CALLS.map(({ provider, model }) => {
    const key = `${provider}/${model}`;
    const handle = handles.get(key) ?? bind({ provider, model });
    handles.set(key, handle);
    return handle;
  });
}

function disabled(prepare: (library: Library) => (i: number) => void): ContenderSteps {
  const library = ours(false);
  return { run: meter('disabled', prepare(library)), output: () => library.counts() };
}
