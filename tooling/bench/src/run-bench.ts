import { verifyOutputs } from './contender.ts';
import { type Bench, type CalledBench, figuresOf, type StartupBench } from './define-bench.ts';
import { addRound, type Figures, type Measured } from './measured.ts';
import { BenchProcess, runScript } from './processes.ts';
import { type BenchResult, conclude } from './result.ts';
import { roundsWithin } from './rounds.ts';
import { quantile } from './statistics.ts';

/** A bench, its package and the file it stands in. */
export interface Located {
  package: string;
  file: string;
  bench: Bench;
}

/**
 * Runs one bench, in the process or processes it asks for.
 *
 * @param located - the bench
 * @param quick - only show that it runs and that its contenders do the same work
 * @param budgetMs - time for all of it; three rounds are measured in any case
 * @returns a result for each of its rows; none where `quick`
 */
export async function runBench(
  { package: owner, file, bench }: Located,
  quick: boolean,
  budgetMs: number,
): Promise<BenchResult[]> {
  const rows = Object.entries(figuresOf(bench));
  if (bench.kind === 'startup') {
    const { figures, beside } = await startup(bench, quick, budgetMs);
    if (quick) return [];
    return rows.map(([row, figure]) => conclude(`${owner}/${row}`, figure, figures, beside));
  }
  const measured = bench.processes
    ? await apart(file, bench, quick, budgetMs)
    : await together(file, bench.name, quick, budgetMs);
  if (quick) return [];
  return rows.map(([row, figure]) => conclude(`${owner}/${row}`, figure, measured[row] ?? {}));
}

async function together(
  file: string,
  bench: string,
  quick: boolean,
  budgetMs: number,
): Promise<Measured> {
  const request = { ask: 'alternate', file, bench, quick, budgetMs } as const;
  return (await new BenchProcess(quick).ask<{ measured: Measured }>(request)).measured;
}

/** Each contender has a process, which measures one round or several. */
async function apart(
  file: string,
  bench: CalledBench,
  quick: boolean,
  budgetMs: number,
): Promise<Measured> {
  const names = Object.keys(bench.contenders);
  const measured: Measured = {};
  const isAnotherDue = roundsWithin({ rounds: bench.rounds ?? 7, budgetMs });
  for (let round = 0; round === 0 || isAnotherDue(measured); ) {
    const outputs: Record<string, unknown> = {};
    const processes: Record<string, BenchProcess> = {};
    try {
      for (const contender of rotated(names, round)) {
        const child = new BenchProcess(quick);
        processes[contender] = child;
        const request = { ask: 'open', file, bench: bench.name, contender, quick } as const;
        outputs[contender] = (await child.ask<{ output: unknown }>(request)).output;
      }
      if (round === 0) await verifyOutputs(bench, outputs);
      const rounds = quick ? 0 : (bench.roundsAProcess ?? 1);
      // After its first long wait, for the others to warm up, a process compiles some code again.
      if (rounds > 1) for (const child of Object.values(processes)) await figuresIn(child);
      const last = round + rounds;
      for (; round < last && isAnotherDue(measured); round += 1) {
        for (const contender of rotated(names, round)) {
          addRound(measured, contender, await figuresIn(processes[contender] as BenchProcess));
        }
      }
      for (const child of Object.values(processes)) await child.ask({ ask: 'close' });
    } finally {
      for (const child of Object.values(processes)) child.kill();
    }
    if (quick) break;
  }
  return measured;
}

async function figuresIn(child: BenchProcess): Promise<Record<string, number>> {
  return (await child.ask<{ figures: Record<string, number> }>({ ask: 'measure' })).figures;
}

async function startup(
  bench: StartupBench,
  quick: boolean,
  budgetMs: number,
): Promise<{ figures: Figures; beside: Record<string, Record<string, number>> }> {
  const names = Object.keys(bench.contenders);
  const wall: Measured = {};
  const others: Measured = {};
  const isAnotherDue = roundsWithin({ rounds: bench.rounds ?? 15, budgetMs });
  const outputs: Record<string, unknown> = {};
  // The first run of each fills the disk cache and serves the proof.
  for (const contender of names) {
    const script = bench.contenders[contender];
    if (script) outputs[contender] = (await runScript(script, quick)).stdout;
  }
  await verifyOutputs(bench, outputs);
  for (let round = 0; !quick && isAnotherDue(wall); round += 1) {
    for (const contender of rotated(names, round)) {
      const script = bench.contenders[contender];
      if (!script) continue;
      const { wallNs, maxRssBytes, cpuMs } = await runScript(script, quick);
      addRound(wall, contender, { [bench.name]: wallNs });
      addRound(others, contender, { max_rss_bytes: maxRssBytes, cpu_ms: cpuMs });
    }
  }
  const beside = Object.fromEntries(
    names.map((contender) => [
      contender,
      Object.fromEntries(
        Object.entries(others).map(([name, figures]) => [
          name,
          quantile(figures[contender] ?? [], 0.5),
        ]),
      ),
    ]),
  );
  return { figures: wall[bench.name] ?? {}, beside };
}

function rotated<T>(list: T[], by: number): T[] {
  const shift = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(shift), ...list.slice(0, shift)];
}
