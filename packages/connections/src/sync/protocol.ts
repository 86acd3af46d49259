import type { ErrorJSON } from '@map/errors';
import type { RedisOptions } from '../redis/settings.ts';
import type { Recording } from '../redis/transaction.ts';

/** A request of the calling thread to the worker. */
export type Question =
  | { readonly type: 'command'; readonly path: readonly string[]; readonly args: unknown[] }
  | ({ readonly type: 'transaction' } & Recording);

/** A question with its number. */
export interface Task {
  readonly id: number;
  readonly question: Question;
}

/** The reply to a task. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorJSON };

/** The start data of the worker, besides its message port. */
export interface WorkerSetup {
  readonly shared: Int32Array;
  readonly options: RedisOptions;
  /** A file that the worker opens as its sign of life; see `thread.ts`. */
  readonly file: string;
}

/** Positions in the shared memory: a counter of replies, and a file descriptor of the worker. */
export const repliesAt = 0;
export const descriptorAt = 1;

/** In place of a descriptor: the worker has not started, or other threads cannot see its own. */
export const notStarted = 0;
export const unseen = -1;
