import type { Curve, Figure, Goal } from './define-bench.ts';
import type { Figures } from './measured.ts';
import { isSettled } from './rounds.ts';
import { pairedRatios, type Summary, summarise } from './statistics.ts';

export interface ContenderResult extends Summary {
  name: string;
  rounds: number[];
  /** The first contender's figure divided by this one's; absent for the first. */
  ratio?: number;
  /** Where the middle half of the rounds' ratios lies: the first and the third quartile. */
  ratioSpread?: [number, number];
  /** Present where more rounds could still move the ratio by some percent. */
  unsettled?: true;
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
 * Turns the rounds' figures of one row into what is reported.
 *
 * @param name - the row's full name
 * @param row - its declaration
 * @param figures - one figure a round for each contender
 * @param beside - further figures of each contender
 * @returns medians, ratios and goals
 */
export function conclude(
  name: string,
  row: Figure,
  figures: Figures,
  beside: Record<string, Record<string, number>> = {},
): BenchResult {
  const names = Object.keys(figures);
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
  const goals = (row.goals ?? []).map((goal): GoalResult => {
    const of = figures[goal.of ?? names[0] ?? ''] ?? [];
    const rival = goal.against === undefined ? undefined : (figures[goal.against] ?? []);
    const value = rival ? comparison(of, rival).ratio : summarise(of).median;
    const met = value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity);
    return { ...goal, value, met };
  });
  const { title, unit, better } = row;
  const curve = row.curve ? { curve: row.curve } : {};
  return { name, title, unit, better, contenders, goals, ...curve };
}

function comparison(
  ours: number[],
  rival: number[],
): { ratio: number; ratioSpread: [number, number]; unsettled?: true } {
  const ratios = pairedRatios(ours, rival);
  const { median, p25, p75 } = summarise(ratios);
  const mark = isSettled(ratios) ? {} : { unsettled: true as const };
  return { ratio: median, ratioSpread: [p25, p75], ...mark };
}
