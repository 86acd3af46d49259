import { checkMs, checkNames, checkPositive, checkWhole } from '@map/errors/kernel';
import { optionNames } from '@map/redaction/kernel';

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

const OPTIONS = optionNames<WorkerOptions>({
  concurrency: true,
  timeoutMs: true,
  budgetUsd: true,
  lockMs: true,
});

/** Shortest lock in milliseconds: it is renewed twice in this time, over the network. */
const MIN_LOCK_MS = 100;

/**
 * Checks the options of a worker and fills in their defaults.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function workerSettings(queue: string, options: WorkerOptions): WorkerSettings {
  const of = `the worker of queue "${queue}"`;
  checkNames(of, options, OPTIONS);
  const { concurrency = 10, timeoutMs, budgetUsd, lockMs = 30_000 } = options;
  return {
    concurrency: checkWhole('concurrency', concurrency, of),
    timeoutMs: timeoutMs === undefined ? undefined : checkMs('timeoutMs', timeoutMs, { of }),
    budgetUsd:
      budgetUsd === undefined
        ? undefined
        : checkPositive('budgetUsd', 'an amount above 0', budgetUsd, of),
    lockMs: checkWhole('lockMs', checkMs('lockMs', lockMs, { min: MIN_LOCK_MS, of }), of),
  };
}
