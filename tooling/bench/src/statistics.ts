/** A middle value and how far the middle half of the rounds lies around it. */
export interface Summary {
  median: number;
  p25: number;
  p75: number;
}

/**
 * Interpolates a quantile.
 *
 * @param values - at least one number
 * @param q - 0 to 1
 * @returns the value at `q`
 */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function summarise(values: number[]): Summary {
  return {
    median: quantile(values, 0.5),
    p25: quantile(values, 0.25),
    p75: quantile(values, 0.75),
  };
}

/** The standard error of a median is 1.253 deviations, and an interquartile range is 1.349 of them. */
const ERROR_A_RANGE = 1.253 / 1.349;

/**
 * How far the middle value may be from the one that ever more rounds would give: its standard
 * error.
 *
 * @param values - at least one number
 * @returns the error as a share of the median
 */
export function uncertainty(values: number[]): number {
  const { median, p25, p75 } = summarise(values);
  return (ERROR_A_RANGE * (p75 - p25)) / Math.sqrt(values.length) / Math.abs(median);
}

/**
 * The ratios of two contenders measured in turn, round by round: what slowed the machine down for a
 * while slowed both.
 *
 * @param ours - one figure a round
 * @param rival - one figure a round
 * @returns one ratio for each round that both have
 */
export function pairedRatios(ours: number[], rival: number[]): number[] {
  return ours.flatMap((value, round) => {
    const other = rival[round];
    return other === undefined ? [] : [value / other];
  });
}
