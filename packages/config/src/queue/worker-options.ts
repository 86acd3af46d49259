import { MAX_TIMER_MS } from '@map/redaction/kernel';
import { optionError } from './queue-error.ts';
import { checkDelay, checkNames, checkWhole } from './queue-options.ts';

/** Options of `runWorker`; times in milliseconds. */
export interface WorkerOptions {
  /** Tasks that run at the same time in this process; 10 by default. */
  readonly concurrency?: number;
  /** Limit of one attempt; none by default. */
  readonly timeoutMs?: number;
  /** Limit of the cost of the model calls of one attempt in US dollars; none by default. */
  readonly budgetUsd?: number;
  /**
   * How long a task may be without a sign of life from its process before another one takes it;
   * 30,000 by default, 100 at least. The sign is given by the event loop, so no handler may block it that long.
   */
  readonly lockMs?: number;
}

/** The options, checked and complete. */
export interface WorkerSettings {
  readonly concurrency: number;
  readonly timeoutMs: number | undefined;
  readonly budgetUsd: number | undefined;
  readonly lockMs: number;
}

/**
 * Checks the options of a worker and fills in their defaults.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function workerSettings(queue: string, options: WorkerOptions): WorkerSettings {
  const where = ` of the worker of queue "${queue}"`;
  checkNames('runWorker', options, ['concurrency', 'timeoutMs', 'budgetUsd', 'lockMs'], where);
  const { concurrency = 10, timeoutMs, budgetUsd, lockMs = 30_000 } = options;
  return {
    concurrency: checkWhole('concurrency', concurrency, where),
    timeoutMs: timeoutMs === undefined ? undefined : checkDelay('timeoutMs', timeoutMs, where),
    budgetUsd: budgetUsd === undefined ? undefined : checkAmount(budgetUsd, where),
    lockMs: checkLock(lockMs, where),
  };
}

/** Shortest lock in milliseconds: it is renewed twice in this time, over the network. */
const MIN_LOCK_MS = 100;

function checkLock(value: unknown, where: string): number {
  const isLock = Number.isInteger(value) && (value as number) >= MIN_LOCK_MS;
  if (isLock && (value as number) <= MAX_TIMER_MS) return value as number;
  const expected = `a whole number of milliseconds from ${MIN_LOCK_MS} to ${MAX_TIMER_MS}${where}`;
  throw optionError('lockMs', expected, value);
}

function checkAmount(value: unknown, where: string): number {
  if (typeof value === 'number' && value > 0) return value;
  throw optionError('budgetUsd', `an amount above 0${where}`, value);
}
