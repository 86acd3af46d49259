/** One way to do the work: a function, or an object with what stands around it. */
export type Contender = (() => unknown) | ContenderSteps;

export interface ContenderSteps {
  /** The work. In a bench of kind `value` it returns the figure itself. */
  run: () => unknown;
  /** Untimed, before the first run. */
  setup?: () => unknown;
  /** Untimed, after the last run. */
  teardown?: () => unknown;
  /** What the contender did, for `verify`; by default what `run` returns. */
  output?: () => unknown;
}

/** A script whose whole process is measured. */
export interface Script {
  script: string | URL;
  args?: string[];
  nodeArgs?: string[];
  env?: Record<string, string>;
}

/** What the first contender (or `of`) should reach; reported, never asserted. */
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

interface Common {
  /** Short and unique in the package: `create`, `scrape-10k`. */
  name: string;
  /** One line for people: what is done. */
  title: string;
  goals?: Goal[];
  /** Makes it a point of a curve, which is reported as a separate chart and table. */
  curve?: Curve;
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
}

/** Nanoseconds a call. */
export interface TimeBench extends InProcess {
  kind?: 'time';
  /** Time for one contender in one round, in milliseconds. */
  roundMs?: number;
}

/** A figure that `run` returns itself: requests a second, bytes, a longest pause. */
export interface ValueBench extends InProcess {
  kind: 'value';
  unit: string;
  better: 'lower' | 'higher';
}

/** Wall time of a whole process, with its memory and CPU time beside it; output is its stdout. */
export interface StartupBench extends Common {
  kind: 'startup';
  contenders: Record<string, Script>;
}

export type Bench = TimeBench | ValueBench | StartupBench;

/**
 * Declares a benchmark; a file's default export is one of them, or a list.
 *
 * @param bench - what is measured; the first contender is ours
 * @returns the same, checked by the compiler
 */
export function defineBench(bench: Bench): Bench {
  return bench;
}

/** Whether the benchmarks only have to show that they run: keep loops short. */
export const quick: boolean = process.env['MAP_BENCH_QUICK'] === '1';
