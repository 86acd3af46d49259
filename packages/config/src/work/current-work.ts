import { surroundings } from '@map/redaction/kernel';
import type { OuterWork, Stop } from './stop.ts';

/** The values that model calls take from the surrounding work. */
export interface CurrentWork {
  /** Their attribution. */
  readonly attribution: string | undefined;
  /** Whether the application chose that: then the work inside keeps it. */
  readonly isChosen: boolean;
  /** Aborted past the time limit of the work. */
  readonly signal: AbortSignal;
  /** Stops the work inside of it; missing in an older copy of the package. */
  readonly stop?: OuterWork;
  /** The type of the innermost task. */
  readonly taskType: string | undefined;
}

/** What a piece of work gives to the code inside it. */
interface OwnWork {
  /** The application's choice of the attribution. */
  readonly chosen: string | undefined;
  /**
   * The name of its agent or type, which is used if no choice was made around it. A tool does not
   * have one: its calls are attributed as those around it.
   */
  readonly own: string | undefined;
  readonly stop: Stop;
  /** The type of a task. */
  readonly taskType: string | undefined;
}

/** Makes the current work of a piece of work inside of the running one. */
export function workWithin({ chosen, own, stop, taskType }: OwnWork): CurrentWork {
  const outer = currentWork();
  const kept = chosen ?? (outer?.isChosen ? outer.attribution : undefined);
  return {
    attribution: kept ?? own ?? outer?.attribution,
    isChosen: kept !== undefined,
    signal: stop.signal,
    stop,
    taskType: taskType ?? outer?.taskType,
  };
}

/** The innermost work that the running code is part of. */
export function currentWork(): CurrentWork | undefined {
  return surroundings().work as CurrentWork | undefined;
}
