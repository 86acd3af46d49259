/** Figures of one row: one a round for each contender, in the row's unit. */
export type Figures = Record<string, number[]>;

/** Figures of each row of a bench, by the row's name. */
export type Measured = Record<string, Figures>;

/**
 * Adds what one contender reached in one round.
 *
 * @param measured - gets the figures
 * @param contender - its name
 * @param values - a figure for each row that it takes part in
 */
export function addRound(
  measured: Measured,
  contender: string,
  values: Record<string, number>,
): void {
  for (const [row, value] of Object.entries(values)) {
    measured[row] ??= {};
    const figures = measured[row];
    figures[contender] ??= [];
    figures[contender].push(value);
  }
}
