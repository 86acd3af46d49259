import { measureOnce, outputOf, stepsOf, verifyOutputs } from './contender.ts';
import type { TimeBench, ValueBench } from './define-bench.ts';
import type { Figures } from './result.ts';
import { roundsWithin } from './rounds.ts';

/**
 * Runs a bench in this process: proof first, then the contenders in turn, round after round.
 *
 * @param bench - the declaration
 * @param quick - stop after the proof and one short run of each
 * @param budgetMs - time for all of it; three rounds are measured in any case
 * @returns one figure a round for each contender; none where `quick`
 */
export async function alternate(
  bench: TimeBench | ValueBench,
  quick: boolean,
  budgetMs: number,
): Promise<Figures> {
  const contenders = Object.entries(bench.contenders);
  const rounds = bench.rounds ?? (bench.kind === 'value' ? 7 : 15);
  const isAnotherDue = roundsWithin({ rounds, budgetMs });
  const figures: Figures = Object.fromEntries(contenders.map(([name]) => [name, []]));
  await bench.setup?.();
  try {
    for (const [, contender] of contenders) await stepsOf(contender).setup?.();
    const outputs: Record<string, unknown> = {};
    for (const [name, contender] of contenders) outputs[name] = await outputOf(contender);
    await verifyOutputs(bench, outputs);
    if (quick) return figures;
    const roundMs = (bench.kind !== 'value' && bench.roundMs) || 30;
    for (const [, contender] of contenders) await measureOnce(bench, contender, roundMs);
    for (let round = 0; isAnotherDue(figures); round += 1) {
      // Each round starts with another contender, so that none always follows the same one.
      const shift = round % contenders.length;
      for (const [name, contender] of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
        figures[name]?.push(await measureOnce(bench, contender, roundMs));
      }
    }
  } finally {
    for (const [, contender] of contenders) await stepsOf(contender).teardown?.();
    await bench.teardown?.();
  }
  return figures;
}

/**
 * Measures one contender of a bench in this process, which exists for nothing else.
 *
 * @param bench - the declaration
 * @param name - the contender
 * @param quick - only run it
 * @returns its figure and its output
 */
export async function single(
  bench: TimeBench | ValueBench,
  name: string,
  quick: boolean,
): Promise<{ figure?: number; output: unknown }> {
  const contender = bench.contenders[name];
  if (!contender) throw new Error(`${bench.name} has no contender ${name}`);
  await bench.setup?.();
  await stepsOf(contender).setup?.();
  try {
    const output = await outputOf(contender);
    if (quick) return { output };
    const roundMs = (bench.kind !== 'value' && bench.roundMs) || 300;
    return { output, figure: await measureOnce(bench, contender, roundMs) };
  } finally {
    await stepsOf(contender).teardown?.();
    await bench.teardown?.();
  }
}
