import type { BenchRecord } from '../../src/page/records.ts';

interface Wish {
  name?: string;
  better?: 'lower' | 'higher';
  /** Median and ratio of each other contender. */
  others?: Record<string, [median: number, ratio: number, low?: number, high?: number]>;
}

/** A record as a run leaves it. */
export function record({
  name = 'errors/creation',
  better = 'lower',
  others = {},
}: Wish): BenchRecord {
  return {
    name,
    title: 'Make an error',
    unit: 'ns',
    better,
    machine: 'Node 24 on a machine',
    rounds: 5,
    goals: [{ against: 'a|b', atMost: 1.2, value: 1.05, met: true }],
    contenders: [
      { name: 'ours', median: 4100, p25: 4000, p75: 4200 },
      ...Object.entries(others).map(
        ([other, [median, ratio, low = ratio * 0.99, high = ratio * 1.01]]) => ({
          ...{ name: other, median, p25: median, p75: median },
          ...{ ratio, ratioSpread: [low, high] as [number, number] },
        }),
      ),
    ],
  };
}

/** The points of one curve, in no order. */
export const growth: BenchRecord[] = [10, 1, 100].map((at) => ({
  ...record({ name: `errors/causes-${at}` }),
  rounds: 3,
  curve: { name: 'causes', title: 'An error around causes', by: 'causes', at },
  contenders: [
    { name: 'ours', median: at * 1000, p25: at * 900, p75: at * 1100 },
    { name: 'other <1>', median: at * 300, p25: at * 300, p75: at * 300 },
  ],
}));
