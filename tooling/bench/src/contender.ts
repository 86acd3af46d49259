import { deepStrictEqual } from 'node:assert';
import { do_not_optimize, measure } from 'mitata';
import {
  type Bench,
  type CalledBench,
  type Contender,
  type ContenderSteps,
  figuresOf,
} from './define-bench.ts';

export function stepsOf(contender: Contender): ContenderSteps {
  return typeof contender === 'function' ? { run: contender } : contender;
}

/**
 * Shows that the contenders do the same work, before anything is timed.
 *
 * @param bench - the declaration
 * @param outputs - what each contender did
 * @throws what `verify` throws, or an AssertionError where the outputs differ
 */
export async function verifyOutputs(bench: Bench, outputs: Record<string, unknown>): Promise<void> {
  if (bench.verify) {
    await bench.verify(outputs);
    return;
  }
  // Figures differ by nature: a bench of values without `output` and `verify` has nothing to show.
  if (bench.kind === 'value' || bench.kind === 'values') {
    for (const [name, value] of Object.entries(outputs)) {
      if (value === undefined) throw new Error(`${name} gave no output`);
    }
    return;
  }
  const [first, ...others] = Object.entries(outputs);
  for (const [name, output] of others) {
    deepStrictEqual(output, first?.[1], `${name} and ${first?.[0]} do not do the same work`);
  }
}

/**
 * Runs a contender for the proof.
 *
 * @param contender - set up already
 * @param quick - also run it where `warmUp` alone would do
 * @returns what it did
 */
export async function outputOf(contender: Contender, quick: boolean): Promise<unknown> {
  const { warmUp, run, output } = stepsOf(contender);
  await warmUp?.();
  const returned = warmUp && !quick ? undefined : await run();
  return output ? output() : returned;
}

/**
 * Measures one contender once.
 *
 * @param bench - the declaration, for kind and round time
 * @param contender - set up already
 * @param roundMs - time to spend, in milliseconds
 * @returns by the figure's name: nanoseconds a call, or what `run` returns
 */
export async function measureOnce(
  bench: CalledBench,
  contender: Contender,
  roundMs: number,
): Promise<Record<string, number>> {
  const { run } = stepsOf(contender);
  if (bench.kind === 'value' || bench.kind === 'values') {
    // A full collection discards compiled code; that cost is not the contender's.
    globalThis.gc?.({ type: 'minor' });
    const returned = await run();
    const values = bench.kind === 'value' ? { [bench.name]: returned } : Object(returned);
    const rows = figuresOf(bench);
    for (const [name, value] of Object.entries(values)) {
      if (Number.isFinite(value) && rows[name]) continue;
      throw new Error(
        `${bench.name}: run has to return finite numbers of its figures, not ${name}: ${String(value)}`,
      );
    }
    return values as Record<string, number>;
  }
  const stats = await measure(callOf(run), {
    min_cpu_time: roundMs * 1e6,
    min_samples: 3,
    warmup_threshold: 5e6,
  });
  return { [bench.name]: stats.p50 };
}

const calls = new WeakMap<() => unknown, () => unknown>();
let made = 0;

/**
 * A separate caller for each contender: one that is shared would see all of them and slow down. The
 * number makes their texts differ; V8 lets functions of the same text share what it learns.
 */
function callOf(run: () => unknown): () => unknown {
  let call = calls.get(run);
  if (!call) {
    made += 1;
    const text = `/* ${made} */ return () => { const r = run(); keep(r); return r; }`;
    call = new Function('run', 'keep', text)(run, do_not_optimize) as () => unknown;
    calls.set(run, call);
  }
  return call;
}
