/** One way to do the work: a function, or an object with what stands around it. */
export type Contender = (() => unknown) | ContenderSteps;

export interface ContenderSteps {
  /** The work. In a bench of kind `value` it returns the figure itself. */
  run: () => unknown;
  /** Untimed, before the first run. */
  setup?: () => unknown;
  /**
   * Untimed, before the proof, where a first `run` is too little or too much: makes the code as
   * fast as in a process that has run for long. The proof is `output()` then.
   */
  warmUp?: () => unknown;
  /** Untimed, after the last run. */
  teardown?: () => unknown;
  /** The contender's output, for `verify`; by default the result of `run`. */
  output?: () => unknown;
}

/** A script whose whole process is measured. */
export interface Script {
  script: string | URL;
  args?: string[];
  nodeArgs?: string[];
  env?: Record<string, string>;
}

/** The goal of the first contender (or `of`); reported, never asserted. */
export interface Goal {
  /** The rival; without one the bound holds for the figure itself, in the bench's unit. */
  against?: string;
  /** The contender meant; the first one by default. */
  of?: string;
  /** Bound of `of` divided by `against`: `atMost: 0.6` is at most 0.6 times its time. */
  atMost?: number;
  atLeast?: number;
}

/** A bench that is one point of a curve: how a figure grows with a size. */
export interface Curve {
  /** The same for all points: `growth-series`. */
  name: string;
  /** One line for people: what is measured at each size. */
  title: string;
  /** The unit of the sizes, for people: `series`, `bytes in the message`. */
  by: string;
  /** The size of this point, more than 0. */
  at: number;
}

/** The data of one reported row. */
interface Row {
  /** One line for people: what is done. */
  title: string;
  goals?: Goal[];
  /** Makes it a point of a curve, which is reported as a separate chart and table. */
  curve?: Curve;
}

/** A row with the unit of its figures. */
export interface Figure extends Row {
  unit: string;
  better: 'lower' | 'higher';
}

interface Common {
  /** Short and unique in the package: `create`, `scrape-10k`. */
  name: string;
  /** How many times each contender is measured, in turn. */
  rounds?: number;
  /**
   * Throws where the contenders did not do the same work; gets each one's output by name. By
   * default the outputs have to be deeply equal.
   */
  verify?: (outputs: Record<string, unknown>) => unknown;
}

interface InProcess extends Common {
  contenders: Record<string, Contender>;
  /** Untimed, once before everything. */
  setup?: () => unknown;
  /** Untimed, once after everything. */
  teardown?: () => unknown;
  /** Measures each contender in separate processes, in turn: for garbage collection, caches. */
  processes?: boolean;
  /**
   * Rounds that such a process measures before another takes its place, 1 by default. More where
   * code takes long to warm up; still fewer than `rounds`, because processes of the same code differ.
   */
  roundsAProcess?: number;
}

/** Nanoseconds a call. */
export interface TimeBench extends InProcess, Row {
  kind?: 'time';
  /** Time for one contender in one round, in milliseconds. */
  roundMs?: number;
}

/** A figure that `run` returns itself: requests a second, bytes, a longest pause. */
export interface ValueBench extends InProcess, Figure {
  kind: 'value';
}

/** Several figures of the same work, measured in one go: CPU time and rate. */
export interface ValuesBench extends InProcess {
  kind: 'values';
  /**
   * The rows, by their names. `run` returns an object with a number for each; a row does not list
   * a contender that leaves its figure out.
   */
  figures: Record<string, Figure>;
}

/** Wall time of a whole process, with its memory and CPU time beside it; output is its stdout. */
export interface StartupBench extends Common, Row {
  kind: 'startup';
  contenders: Record<string, Script>;
}

export type Bench = TimeBench | ValueBench | ValuesBench | StartupBench;

/** A bench whose contenders are called, in this process or in one for each. */
export type CalledBench = Exclude<Bench, StartupBench>;

/**
 * Declares a benchmark; a file's default export is one of them, or a list.
 *
 * @param bench - what is measured; the first contender is ours
 * @returns the same, checked by the compiler
 */
export function defineBench(bench: Bench): Bench {
  return bench;
}

/**
 * Lists what a bench reports.
 *
 * @param bench - its declaration
 * @returns its rows by their names; one that bears the bench's name unless the kind is `values`
 */
export function figuresOf(bench: Bench): Record<string, Figure> {
  if (bench.kind === 'values') return bench.figures;
  const unit = bench.kind === 'value' ? bench : ({ unit: 'ns', better: 'lower' } as const);
  const { name, title, goals, curve } = bench;
  return {
    [name]: {
      title,
      unit: unit.unit,
      better: unit.better,
      ...(goals ? { goals } : {}),
      ...(curve ? { curve } : {}),
    },
  };
}

/** Whether the benchmarks only have to show that they run: keep loops short. */
export const quick: boolean = process.env['MAP_BENCH_QUICK'] === '1';
