import { verifyOutputs } from './contender.ts';
import type { Bench, StartupBench } from './define-bench.ts';
import { inProcess, runScript } from './processes.ts';
import { type BenchResult, conclude, type Figures } from './result.ts';
import { roundsWithin } from './rounds.ts';
import { quantile } from './statistics.ts';

/** A bench and the file it stands in. */
export interface Located {
  /** `errors/create`. */
  name: string;
  file: string;
  bench: Bench;
}

/**
 * Runs one bench, in the process or processes it asks for.
 *
 * @param located - the bench
 * @param quick - only show that it runs and that its contenders do the same work
 * @param budgetMs - time for all of it; three rounds are measured in any case
 * @returns the result; nothing where `quick`
 */
export async function runBench(
  { name, file, bench }: Located,
  quick: boolean,
  budgetMs: number,
): Promise<BenchResult | undefined> {
  if (bench.kind === 'startup') return startup(name, bench, quick, budgetMs);
  if (bench.processes) {
    const figures = await apart(file, bench, quick, budgetMs);
    return quick ? undefined : conclude(name, bench, figures);
  }
  const { figures } = await inProcess<{ figures: Figures }>({
    ask: 'alternate',
    file,
    bench: bench.name,
    quick,
    budgetMs,
  });
  return quick ? undefined : conclude(name, bench, figures);
}

async function apart(
  file: string,
  bench: Bench,
  quick: boolean,
  budgetMs: number,
): Promise<Figures> {
  const names = Object.keys(bench.contenders);
  const figures: Figures = Object.fromEntries(names.map((name) => [name, []]));
  const isAnotherDue = roundsWithin({ rounds: bench.rounds ?? 7, budgetMs });
  for (let round = 0; quick ? round === 0 : isAnotherDue(figures); round += 1) {
    const outputs: Record<string, unknown> = {};
    for (const contender of rotated(names, round)) {
      const { figure, output } = await inProcess<{ figure?: number; output: unknown }>({
        ask: 'single',
        file,
        bench: bench.name,
        contender,
        quick,
      });
      outputs[contender] = output;
      if (figure !== undefined) figures[contender]?.push(figure);
    }
    if (round === 0) await verifyOutputs(bench, outputs);
  }
  return figures;
}

async function startup(
  name: string,
  bench: StartupBench,
  quick: boolean,
  budgetMs: number,
): Promise<BenchResult | undefined> {
  const names = Object.keys(bench.contenders);
  const collected = (): Figures => Object.fromEntries(names.map((contender) => [contender, []]));
  const [figures, memory, cpu] = [collected(), collected(), collected()];
  const isAnotherDue = roundsWithin({ rounds: bench.rounds ?? 15, budgetMs });
  const outputs: Record<string, unknown> = {};
  // The first run of each fills the disk cache and serves the proof.
  for (const contender of names) {
    const script = bench.contenders[contender];
    if (script) outputs[contender] = (await runScript(script, quick)).stdout;
  }
  await verifyOutputs(bench, outputs);
  if (quick) return undefined;
  for (let round = 0; isAnotherDue(figures); round += 1) {
    for (const contender of rotated(names, round)) {
      const script = bench.contenders[contender];
      if (!script) continue;
      const run = await runScript(script, quick);
      figures[contender]?.push(run.wallNs);
      memory[contender]?.push(run.maxRssBytes);
      cpu[contender]?.push(run.cpuMs);
    }
  }
  const beside = Object.fromEntries(
    names.map((contender) => [
      contender,
      {
        max_rss_bytes: quantile(memory[contender] ?? [], 0.5),
        cpu_ms: quantile(cpu[contender] ?? [], 0.5),
      },
    ]),
  );
  return conclude(name, bench, figures, beside);
}

function rotated<T>(list: T[], by: number): T[] {
  const shift = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(shift), ...list.slice(0, shift)];
}
