/**
 * Calls a second of some tasks, each making one call after the other, once the code is warm. What
 * the garbage collector does meanwhile is part of it.
 *
 * @param tasks - How many tasks there are.
 * @param calls - How many calls each makes.
 * @param call - Gets the task's number.
 */
export async function throughput(
  tasks: number,
  calls: number,
  call: (task: number) => Promise<unknown>,
): Promise<number> {
  const go = async (each: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: tasks }, async (_, task) => {
        for (let round = 0; round < each; round++) await call(task);
      }),
    );
  };
  await go(Math.ceil(calls / 3));
  const startedAt = performance.now();
  await go(calls);
  return (tasks * calls * 1_000) / (performance.now() - startedAt);
}
