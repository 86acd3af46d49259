import { measureOnce, outputOf, stepsOf, verifyOutputs } from './contender.ts';
import type { CalledBench, TimeBench } from './define-bench.ts';
import { addRound, type Measured } from './measured.ts';
import { roundsWithin } from './rounds.ts';

/**
 * Runs a bench in this process: proof first, then the contenders in turn, round after round.
 *
 * @param bench - the declaration
 * @param quick - stop after the proof and one short run of each
 * @param budgetMs - time for all of it; three rounds are measured in any case
 * @returns one figure a round for each row and contender; none where `quick`
 */
export async function alternate(
  bench: CalledBench,
  quick: boolean,
  budgetMs: number,
): Promise<Measured> {
  const contenders = Object.entries(bench.contenders);
  const rounds = bench.rounds ?? (isTimed(bench) ? 15 : 7);
  const isAnotherDue = roundsWithin({ rounds, budgetMs });
  const measured: Measured = {};
  await bench.setup?.();
  try {
    for (const [, contender] of contenders) await stepsOf(contender).setup?.();
    const outputs: Record<string, unknown> = {};
    for (const [name, contender] of contenders) outputs[name] = await outputOf(contender, quick);
    await verifyOutputs(bench, outputs);
    if (quick) return measured;
    const roundMs = (isTimed(bench) && bench.roundMs) || 30;
    for (const [, contender] of contenders) await measureOnce(bench, contender, roundMs);
    for (let round = 0; isAnotherDue(measured); round += 1) {
      // Each round starts with another contender, so that none always follows the same one.
      const shift = round % contenders.length;
      for (const [name, contender] of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
        addRound(measured, name, await measureOnce(bench, contender, roundMs));
      }
    }
  } finally {
    for (const [, contender] of contenders) await stepsOf(contender).teardown?.();
    await bench.teardown?.();
  }
  return measured;
}

function isTimed(bench: CalledBench): bench is TimeBench {
  return bench.kind === undefined || bench.kind === 'time';
}

/** One contender of a bench, ready to be measured. */
export interface Opened {
  output: unknown;
  /** Measures one round. */
  measure: () => Promise<Record<string, number>>;
  close: () => Promise<void>;
}

/**
 * Sets up one contender of a bench in this process, which exists for nothing else, and warms it up.
 *
 * @param bench - the declaration
 * @param name - the contender
 * @param quick - only run it
 * @returns its output, and what measures it
 */
export async function open(bench: CalledBench, name: string, quick: boolean): Promise<Opened> {
  const contender = bench.contenders[name];
  if (!contender) throw new Error(`${bench.name} has no contender ${name}`);
  const close = async (): Promise<void> => {
    await stepsOf(contender).teardown?.();
    await bench.teardown?.();
  };
  await bench.setup?.();
  await stepsOf(contender).setup?.();
  try {
    const output = await outputOf(contender, quick);
    const roundMs = (isTimed(bench) && bench.roundMs) || 300;
    return { output, measure: () => measureOnce(bench, contender, roundMs), close };
  } catch (error) {
    await close();
    throw error;
  }
}
