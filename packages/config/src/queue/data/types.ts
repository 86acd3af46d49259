import type { Static, TSchema } from '@sinclair/typebox';

/** The types of task of a queue: the name of each, and the schema of its data. */
export type TaskTypes = Readonly<Record<string, TSchema>>;

/** Name of a type of task. */
export type TaskTypeOf<T extends TaskTypes> = keyof T & string;

/** The data of a type of task. */
export type TaskData<T extends TaskTypes, K extends TaskTypeOf<T>> = Static<T[K]>;

/** Options of one task; times in milliseconds. */
export interface AddOptions {
  /** Its id: while a task with this id exists, adding it again changes nothing. */
  readonly id?: string;
  /** How long it waits before it may be taken. */
  readonly delayMs?: number;
  /** 1 is the most urgent; tasks without one come first. */
  readonly priority?: number;
  /** Attempts at most, instead of those of the queue. */
  readonly attempts?: number;
  /** Further options of BullMQ, such as `deduplication`. */
  readonly bullmq?: Readonly<Record<string, unknown>>;
}

/** One task to add. */
export type NewTask<T extends TaskTypes> = {
  readonly [K in TaskTypeOf<T>]: {
    readonly type: K;
    readonly data: TaskData<T, K>;
    readonly options?: AddOptions;
  };
}[TaskTypeOf<T>];

/** A task that has been added. */
export interface AddedTask {
  readonly id: string;
  /** The trace that all lines of this task carry. */
  readonly traceId: string;
}

/** A task of a flow, with the tasks that must succeed before it starts. */
export interface FlowTask {
  readonly queue: string;
  readonly type: string;
  readonly data: unknown;
  readonly options: AddOptions;
  readonly children: readonly FlowTask[];
}

/** Number of tasks by state. */
export interface QueueCounts {
  readonly waiting: number;
  readonly prioritized: number;
  readonly active: number;
  readonly delayed: number;
  /** Parents of flows that wait for their children. */
  readonly 'waiting-children': number;
  readonly completed: number;
  readonly failed: number;
}
