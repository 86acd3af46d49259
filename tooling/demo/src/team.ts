import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { ErrorCode, TaskError } from '@map/config/errors';
import type { Workshop } from './agent.ts';
import type { Ground } from './platform.ts';
import type { Counts, Tally } from './tally.ts';
import { type Crew, startCrew } from './workshop.ts';

/** The start data of a process of the team. */
export interface Orders {
  readonly run: string;
  readonly ground: Ground;
}

/** The report of a process of the team. */
export interface Report {
  readonly counts?: Counts;
  readonly state?: 'working' | 'stopped';
}

/** The message to a process of the team. */
export type Command = { readonly stopWithinMs: number } | 'end';

/** The agents of a run, in one process or in several. */
export interface Team extends Crew {
  /** Aborted when no worker is left. */
  readonly lost: AbortSignal;
  /** Ends the processes. */
  end(): Promise<void>;
}

/** Lets agents work in this process. */
export async function startHere(shop: Workshop): Promise<Team> {
  const { stop } = await startCrew(shop, 1);
  return { stop, lost: new AbortController().signal, end: async () => undefined };
}

/** Name of the variable that has the orders of a process. */
export const ORDERS = 'MAP_DEMO_ORDERS';

/**
 * Lets agents work in several processes; it is there once all of them work.
 * @throws TaskError if one of them ends before it works.
 */
export async function startProcesses(count: number, orders: Orders, tally: Tally): Promise<Team> {
  const lost = new AbortController();
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'team-process.ts') });
  const env = { [ORDERS]: JSON.stringify(orders) };
  const workers = new Set(Array.from({ length: count }, () => cluster.fork(env)));
  for (const worker of workers) {
    worker.on('message', ({ counts }: Report) => {
      if (counts !== undefined) tally.add(counts);
    });
    worker.once('exit', () => {
      workers.delete(worker);
      if (workers.size === 0) lost.abort(nobodyLeft());
    });
  }
  const tell = (command: Command) => [...workers].map((worker) => worker.send(command));
  const team: Team = {
    lost: lost.signal,
    stop: async (stopWithinMs) => {
      const stopped = [...workers].map((worker) => reports(worker, 'stopped'));
      tell({ stopWithinMs });
      await Promise.all(stopped);
    },
    end: async () => {
      const ended = [...workers].map((worker) => once(worker, 'exit'));
      tell('end');
      await Promise.all(ended);
    },
  };
  const working = await Promise.all([...workers].map((worker) => reports(worker, 'working')));
  if (working.every(Boolean)) return team;
  await team.end();
  throw nobodyLeft();
}

/** Waits until a process reports a state; false if it ends before. */
function reports(worker: Worker, wanted: Report['state']): Promise<boolean> {
  return new Promise((resolve) => {
    worker.on('message', ({ state }: Report) => {
      if (state === wanted) resolve(true);
    });
    worker.once('exit', () => resolve(false));
  });
}

function nobodyLeft(): TaskError {
  const message = 'A process of the team ended by itself, and none is left that could work.';
  return new TaskError({ code: ErrorCode.TASK_ERROR, message });
}
