import { AsyncLocalStorage } from 'node:async_hooks';
import { processState } from '@map/redaction/kernel';

/** The values that model calls take from the surrounding work. */
export interface CurrentWork {
  /** Their attribution. */
  readonly attribution: string | undefined;
  /** Whether the application chose that: then the work inside keeps it. */
  readonly isChosen: boolean;
  /** Aborted past the time limit of the work. */
  readonly signal: AbortSignal;
  /** The type of the innermost task. */
  readonly taskType: string | undefined;
}

let works: AsyncLocalStorage<CurrentWork> | undefined;

function storage(): AsyncLocalStorage<CurrentWork> {
  works ??= processState('@map/config/work', () => new AsyncLocalStorage<CurrentWork>());
  return works;
}

/**
 * Runs a piece of work as the current one.
 *
 * @param work The application's choice of the attribution, the name of the work's agent or type,
 * which is used if no choice was made around it, its signal, and the type of a task. A tool does not
 * have its own name: its calls are attributed as those around it.
 * @param run The work.
 */
export function inWork<T>(
  work: {
    readonly chosen: string | undefined;
    readonly own: string | undefined;
    readonly signal: AbortSignal;
    readonly taskType: string | undefined;
  },
  run: () => T,
): T {
  const { chosen, own, signal, taskType } = work;
  const outer = storage().getStore();
  const kept = chosen ?? (outer?.isChosen ? outer.attribution : undefined);
  const attribution = kept ?? own ?? outer?.attribution;
  const current = {
    attribution,
    isChosen: kept !== undefined,
    signal,
    taskType: taskType ?? outer?.taskType,
  };
  return storage().run(current, run);
}

/** The innermost work that the running code is part of. */
export function currentWork(): CurrentWork | undefined {
  return storage().getStore();
}
