/** Long enough that V8 compiles what 20,000 calls need, which it does in the time of the process. */
const WARM_MS = 1_500;

const warm = new Set<unknown>();

/**
 * Makes calls until the code is as fast as in a service that has run for a while; once for each call.
 *
 * @param tasks - How many tasks make one call after the other.
 */
export async function warmUp(tasks: number, call: () => Promise<unknown>): Promise<void> {
  if (warm.has(call)) return;
  warm.add(call);
  const until = performance.now() + WARM_MS;
  await Promise.all(
    Array.from({ length: tasks }, async () => {
      while (performance.now() < until) await call();
    }),
  );
}
