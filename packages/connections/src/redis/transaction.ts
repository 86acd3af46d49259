import type { Members } from './client.ts';
import { unknownCommandError } from './unknown-command.ts';

/** One command of a transaction; the path leads to it, as in `json.set`. */
export interface Step {
  readonly path: readonly string[];
  readonly args: readonly unknown[];
}

/** A whole transaction, and how it is to be executed. */
export interface Recording {
  readonly steps: readonly Step[];
  /** `exec`, `execAsPipeline` or a typed form of them. */
  readonly execution: string;
  readonly args: readonly unknown[];
}

const executions: ReadonlySet<string> = new Set(
  'exec EXEC execTyped execAsPipeline execAsPipelineTyped'.split(' '),
);

/**
 * Records the commands of a transaction and sends them when it is executed: the connection may open,
 * or be replaced, in between.
 *
 * @param namespaces - Members that hold the commands of a module or library.
 * @param execute - Sends the whole transaction.
 */
export function record(
  namespaces: ReadonlySet<string>,
  execute: (recording: Recording) => unknown,
): object {
  const steps: Step[] = [];
  const level = (path: readonly string[]): object =>
    new Proxy(Object.create(null), {
      get(_target, member) {
        if (typeof member !== 'string' || member === 'then') return undefined;
        if (path.length === 0 && namespaces.has(member)) return level([member]);
        if (path.length === 0 && executions.has(member)) {
          return (...args: unknown[]) => execute({ steps, execution: member, args });
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

/** The commands of a transaction as words, as far as they are known before it is sent. */
export function rawCommands({ steps }: Recording): (readonly unknown[])[] {
  return steps.map(({ path, args }) => {
    const [first] = args;
    const isRaw = path[0] === 'addCommand' && Array.isArray(first);
    return isRaw ? first : [path.join('.'), ...args];
  });
}

/**
 * Repeats a recording on a transaction of the library, and executes it.
 *
 * @param pool - Name of the connection.
 * @throws BaseError `VALIDATION_ERROR_3500` for a command that the transaction does not have.
 */
export function replay(pool: string, start: Members, recording: Recording): PromiseLike<unknown> {
  let multi = start;
  for (const { path, args } of recording.steps) {
    const [first = '', second] = path;
    const owner = second === undefined ? multi : (multi[first] as unknown as Members | undefined);
    const method = owner?.[second ?? first];
    if (typeof method !== 'function') throw unknownCommandError(pool, path);
    multi = method.apply(owner, args as unknown[]) as Members;
  }
  return multi[recording.execution]?.(...recording.args) as PromiseLike<unknown>;
}
