import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import {
  type Labels,
  type Library,
  openTelemetry,
  ours,
  promClient,
  prometheusIo,
  type TokenLabels,
} from './libraries.ts';

const SLICES = quick ? 2 : 30;
const OPERATIONS_A_SLICE = quick ? 3000 : 40_000;

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
 * Nanoseconds per operation: the median of many short loops, so that a loop that another process
 * interrupted does not count. The CPU clock of a thread is too coarse: it moves once in up to 4 ms.
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

function contenders(
  names: readonly string[],
  prepare: (library: Library) => (i: number) => void,
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
          output: () => library.counts(),
        },
      ];
    }),
  );
}

/** Every library has counted all 15 combinations, with the same shares. */
function sameCounts(outputs: Record<string, unknown>): void {
  const [first, ...others] = Object.values(outputs).map((counts) => JSON.stringify(shares(counts)));
  if (first === undefined || first.length < 15 * 20 || others.some((other) => other !== first)) {
    throw new Error('the libraries have counted differently');
  }
}

function shares(counts: unknown): [string, number][] {
  const entries = Object.entries(counts as Record<string, number>).sort();
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  return entries.map(([key, count]) => [key, Math.round((count / total) * 1e6)]);
}

const common = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;
const all = Object.keys(LIBRARIES);
const bindable = all.slice(0, 3);
const goals = [{ against: 'prom-client', atMost: 0.35 }];

export default [
  defineBench({
    ...common,
    name: 'requests',
    title: "`trackLlm('requests', { model, provider })`, random combinations in both orders",
    goals,
    contenders: contenders(all, (library) => (i) => library.request(labelsOf(i))),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'tokens',
    title:
      "`trackLlm('tokens', { model, provider, type }, 150)`, random combinations in two orders",
    goals,
    contenders: contenders(all, (library) => (i) => library.tokens(tokenLabelsOf(i), 150)),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'duration',
    title:
      "`trackLlm('duration', { model, provider }, seconds)`, random combinations in both orders",
    goals,
    contenders: contenders(all, (library) => (i) => library.duration(labelsOf(i), seconds(i))),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'requests-bound',
    title: 'Count with a bound handle, one of 15 at random',
    goals,
    contenders: contenders(bindable, (library) => {
      const handles = boundHandles((labels) => library.boundRequest(labels));
      return (i) => (handles[i & 8191] as () => void)();
    }),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
    name: 'duration-bound',
    title: 'Observe with a bound handle, one of 15 at random',
    goals,
    contenders: contenders(bindable, (library) => {
      const handles = boundHandles((labels) => library.boundDuration(labels));
      return (i) => (handles[i & 8191] as (value: number) => void)(seconds(i));
    }),
    verify: sameCounts,
  }),
  defineBench({
    ...common,
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
  const operation = prepare(library);
  return { run: () => measure(operation), output: () => library.counts() };
}
