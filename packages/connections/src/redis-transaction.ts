import type { Members } from './redis-guard.ts';

interface Step {
  readonly path: readonly string[];
  readonly args: readonly unknown[];
}

const executions: ReadonlySet<string> = new Set(
  'exec EXEC execTyped execAsPipeline execAsPipelineTyped'.split(' '),
);

/**
 * Notes the commands of a transaction, to send them when it is executed: the connection may open,
 * or be replaced, in between.
 *
 * @param namespaces - Members that hold the commands of a module.
 * @param execute - Gets a function that replays the commands on a real transaction.
 */
export function record(
  namespaces: ReadonlySet<string>,
  execute: (replay: (multi: Members) => PromiseLike<unknown>) => Promise<unknown>,
): object {
  const steps: Step[] = [];
  const level = (path: readonly string[]): object =>
    new Proxy(Object.create(null), {
      get(_target, member) {
        if (typeof member !== 'string' || member === 'then') return undefined;
        if (path.length === 0 && namespaces.has(member)) return level([member]);
        if (path.length === 0 && executions.has(member)) {
          return (...args: unknown[]) => execute((multi) => replay(multi, steps, member, args));
        }
        return (...args: unknown[]) => {
          steps.push({ path: [...path, member], args });
          return root;
        };
      },
    });
  const root = level([]);
  return root;
}

function replay(
  start: Members,
  steps: readonly Step[],
  execution: string,
  args: readonly unknown[],
): PromiseLike<unknown> {
  let multi = start;
  for (const { path, args: values } of steps) {
    const [first = '', second] = path;
    const owner = second === undefined ? multi : (multi[first] as unknown as Members);
    multi = owner[second ?? first]?.(...values) as Members;
  }
  return multi[execution]?.(...args) as PromiseLike<unknown>;
}
