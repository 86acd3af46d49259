import { deepStrictEqual } from 'node:assert';
import { do_not_optimize, measure } from 'mitata';
import type { Bench, Contender, ContenderSteps, TimeBench, ValueBench } from './define-bench.ts';

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
  if (bench.kind === 'value') {
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

export async function outputOf(contender: Contender): Promise<unknown> {
  const { run, output } = stepsOf(contender);
  if (!output) return run();
  await run();
  return output();
}

/**
 * Measures one contender once.
 *
 * @param bench - the declaration, for kind and round time
 * @param contender - set up already
 * @param roundMs - time to spend, in milliseconds
 * @returns nanoseconds a call, or the figure that `run` returns
 */
export async function measureOnce(
  bench: TimeBench | ValueBench,
  contender: Contender,
  roundMs: number,
): Promise<number> {
  const { run } = stepsOf(contender);
  if (bench.kind === 'value') {
    globalThis.gc?.();
    const figure = await run();
    if (typeof figure === 'number' && Number.isFinite(figure)) return figure;
    throw new Error(`${bench.name}: run has to return a finite number, not ${String(figure)}`);
  }
  const stats = await measure(callOf(run), {
    min_cpu_time: roundMs * 1e6,
    min_samples: 3,
    warmup_threshold: 5e6,
  });
  return stats.p50;
}

const calls = new WeakMap<() => unknown, () => unknown>();

/** A separate caller for each contender: one that is shared would see all of them and slow down. */
function callOf(run: () => unknown): () => unknown {
  let call = calls.get(run);
  if (!call) {
    call = new Function('run', 'keep', 'return () => { const r = run(); keep(r); return r; }')(
      run,
      do_not_optimize,
    ) as () => unknown;
    calls.set(run, call);
  }
  return call;
}
