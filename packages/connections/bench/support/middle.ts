/**
 * Milliseconds of the middle one of some runs, so that one which another process interrupted does
 * not count.
 *
 * @param warmUp - Runs that go before and are not timed.
 */
export async function middleMs(
  run: () => Promise<void>,
  runs: number,
  warmUp: number,
): Promise<number> {
  for (let round = 0; round < warmUp; round++) await run();
  const times: number[] = [];
  for (let round = 0; round < runs; round++) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[runs >> 1] as number;
}
