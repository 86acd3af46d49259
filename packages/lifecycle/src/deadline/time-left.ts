const ends = new WeakMap<AbortSignal, number>();

/** Records when the time limit behind a signal passes. */
export function setTimeLeft(signal: AbortSignal, milliseconds: number): void {
  ends.set(signal, performance.now() + milliseconds);
}

/** Returns the milliseconds until the time limit behind a signal passes, if it has one. */
export function timeLeft(signal: AbortSignal | undefined): number | undefined {
  const end = signal === undefined ? undefined : ends.get(signal);
  return end === undefined ? undefined : Math.max(0, end - performance.now());
}
