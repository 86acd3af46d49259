/** What tasks reached that each made one call after the other. */
export interface Load {
  /** Calls a second. */
  readonly rate: number;
  /** CPU time of this process for one call, in microseconds. */
  readonly cpu: number;
}

type Call = (task: number) => Promise<unknown>;

/**
 * Measures calls; what the garbage collector does meanwhile is part of it. A slow contender makes
 * fewer of them in the same time.
 *
 * @param tasks - How many tasks there are.
 * @param ms - About how long they make calls.
 * @param call - Gets the task's number; its code is warm.
 */
export async function load(tasks: number, ms: number, call: Call): Promise<Load> {
  let calls = 1;
  let tookMs = await go(tasks, calls, call);
  for (; tookMs < ms / 20; tookMs = await go(tasks, calls, call)) calls *= 2;
  const each = Math.ceil((calls * ms) / tookMs);
  const before = process.cpuUsage();
  const seconds = (await go(tasks, each, call)) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { rate: (tasks * each) / seconds, cpu: (user + system) / (tasks * each) };
}

/**
 * Makes calls until V8 has compiled what they need, which it does in the time of the process.
 *
 * @param tasks - How many tasks there are.
 * @param calls - How many calls they make altogether: from here on they cost the same.
 * @param atMostMs - When to stop before that, for what is slow anyway.
 * @param call - Gets the task's number.
 */
export async function warmUp(
  tasks: number,
  calls: number,
  atMostMs: number,
  call: Call,
): Promise<void> {
  const until = performance.now() + atMostMs;
  const each = Math.ceil(calls / tasks / 50);
  for (let part = 0; part < 50 && performance.now() < until; part++) await go(tasks, each, call);
}

async function go(tasks: number, calls: number, call: Call): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: tasks }, async (_, task) => {
      for (let left = calls; left > 0; left--) await call(task);
    }),
  );
  return performance.now() - begun;
}
