/** A clock that never runs backwards, in seconds. */
export function nowSeconds(): number {
  return performance.now() / 1000;
}
