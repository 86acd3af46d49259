/** Returns the time of the monotonic clock in seconds. */
export function nowSeconds(): number {
  return performance.now() / 1000;
}
