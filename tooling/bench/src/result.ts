import type { Bench, Curve, Goal } from './define-bench.ts';
import { pairedRatios, type Summary, summarise } from './statistics.ts';

/** Figures of one contender: one a round, in the bench's unit. */
export type Figures = Record<string, number[]>;

export interface ContenderResult extends Summary {
  name: string;
  rounds: number[];
  /** The first contender's figure divided by this one's; absent for the first. */
  ratio?: number;
  /** Where the middle half of the rounds' ratios lies: the first and the third quartile. */
  ratioSpread?: [number, number];
  /** Figures beside the one measured, medians: memory and CPU time of a process. */
  beside?: Record<string, number>;
}

export interface GoalResult extends Goal {
  value: number;
  met: boolean;
}

export interface BenchResult {
  name: string;
  title: string;
  unit: string;
  better: 'lower' | 'higher';
  contenders: ContenderResult[];
  goals: GoalResult[];
  curve?: Curve;
}

/**
 * Turns the rounds' figures into what is reported.
 *
 * @param name - the bench's full name
 * @param bench - its declaration
 * @param figures - one figure a round for each contender
 * @param beside - further figures of each contender
 * @returns medians, ratios and goals
 */
export function conclude(
  name: string,
  bench: Bench,
  figures: Figures,
  beside: Record<string, Record<string, number>> = {},
): BenchResult {
  const names = Object.keys(bench.contenders);
  const first = figures[names[0] ?? ''] ?? [];
  const contenders = names.map((contender, index): ContenderResult => {
    const rounds = figures[contender] ?? [];
    const extra = beside[contender];
    return {
      name: contender,
      rounds,
      ...summarise(rounds),
      ...(index > 0 ? comparison(first, rounds) : {}),
      ...(extra ? { beside: extra } : {}),
    };
  });
  const goals = (bench.goals ?? []).map((goal): GoalResult => {
    const of = figures[goal.of ?? names[0] ?? ''] ?? [];
    const rival = goal.against === undefined ? undefined : (figures[goal.against] ?? []);
    const value = rival ? comparison(of, rival).ratio : summarise(of).median;
    const met = value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity);
    return { ...goal, value, met };
  });
  const curve = bench.curve ? { curve: bench.curve } : {};
  return { name, title: bench.title, ...unitOf(bench), contenders, goals, ...curve };
}

function comparison(
  ours: number[],
  rival: number[],
): { ratio: number; ratioSpread: [number, number] } {
  const { median, p25, p75 } = summarise(pairedRatios(ours, rival));
  return { ratio: median, ratioSpread: [p25, p75] };
}

function unitOf(bench: Bench): { unit: string; better: 'lower' | 'higher' } {
  if (bench.kind === 'value') return { unit: bench.unit, better: bench.better };
  return { unit: 'ns', better: 'lower' };
}
