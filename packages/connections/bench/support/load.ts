/** The result of tasks that each made one call after the other. */
export interface Load {
  /** Calls a second. */
  readonly rate: number;
  /** CPU time of this process for one call, in microseconds. */
  readonly cpu: number;
}

type Call = (task: number) => Promise<unknown>;

/**
 * Measures calls; what the garbage collector does meanwhile is part of it. A slow contender makes
 * fewer of them, and all use about the same CPU time, also on a busy machine.
 *
 * @param tasks - How many tasks there are.
 * @param cpuMs - About how much CPU time they use: its clock moves once in up to 4 ms.
 * @param call - Gets the task's number; its code is warm.
 */
export async function load(tasks: number, cpuMs: number, call: Call): Promise<Load> {
  let calls = 1;
  let used = await go(tasks, calls, call);
  for (; used.cpuMs < cpuMs / 10; used = await go(tasks, calls, call)) calls *= 2;
  const each = Math.ceil((calls * cpuMs) / used.cpuMs);
  const measured = await go(tasks, each, call);
  const all = tasks * each;
  return { rate: (all * 1_000) / measured.wallMs, cpu: (measured.cpuMs * 1_000) / all };
}

/**
 * Makes calls until V8 has compiled what they need, which it does in the time of the process.
 *
 * @param tasks - How many tasks there are.
 * @param calls - How many calls they make altogether: from here on they cost the same.
 * @param cpuMs - When to stop before that, for what is slow anyway.
 * @param call - Gets the task's number.
 */
export async function warmUp(
  tasks: number,
  calls: number,
  cpuMs: number,
  call: Call,
): Promise<void> {
  const each = Math.ceil(calls / tasks / 50);
  let usedMs = 0;
  for (let part = 0; part < 50 && usedMs < cpuMs; part++) {
    usedMs += (await go(tasks, each, call)).cpuMs;
  }
}

async function go(
  tasks: number,
  calls: number,
  call: Call,
): Promise<{ wallMs: number; cpuMs: number }> {
  const begun = performance.now();
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: tasks }, async (_, task) => {
      for (let left = calls; left > 0; left--) await call(task);
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - begun, cpuMs: (user + system) / 1_000 };
}
