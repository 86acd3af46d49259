import { closest, describeValue } from '@map/redaction/kernel';
import type { JobsOptions } from 'bullmq';
import { argumentError } from '../core/queue-error.ts';
import type { Carried } from '../data/carrier.ts';
import type { AddOptions } from '../data/types.ts';
import { checkBullmqOptions } from './bullmq-options.ts';

/** The options of a task. */
export const ADD_OPTIONS: readonly string[] = ['id', 'delayMs', 'priority', 'attempts', 'bullmq'];

/** Keys that BullMQ has beside the tasks of a queue: a task with such an id would destroy them. */
const RESERVED_IDS: ReadonlySet<string> = new Set(
  (
    'active completed de delayed events failed id limiter marker meta paused pc prioritized ' +
    'priority repeat stalled stalled-check wait waiting-children'
  ).split(' '),
);

/**
 * Checks the options of a task.
 *
 * @param options The options as they were given.
 * @param known The names that are allowed.
 * @throws `VALIDATION_ERROR_3500` naming the option and a valid value.
 */
export function checkAddOptions(options: AddOptions | undefined, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw argumentError(`\`options\` of a task must be an object, got ${describeValue(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = closest(unknown, known);
    const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
    throw argumentError(`\`${unknown.slice(0, 100)}\` is not an option of a task.${hint}`);
  }
  const { id, delayMs, priority, attempts, bullmq } = options;
  if (id !== undefined) checkId(id);
  if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0)) {
    fail('delayMs', 'a finite number of milliseconds, 0 or more', delayMs);
  }
  if (priority !== undefined && !isWhole(priority, 2 ** 21 - 1)) {
    fail('priority', 'a whole number from 1 to 2097151', priority);
  }
  if (attempts !== undefined && !isWhole(attempts, Number.MAX_SAFE_INTEGER)) {
    fail('attempts', 'a whole number, 1 or more', attempts);
  }
  if (bullmq === undefined) return;
  checkBullmqOptions(bullmq);
  const { jobId } = bullmq;
  if (jobId !== undefined) checkId(jobId);
}

function checkId(id: unknown): void {
  const isId = typeof id === 'string' && id !== '' && !id.includes(':') && !/^-?\d+$/.test(id);
  if (!isId) {
    const got = typeof id === 'string' ? JSON.stringify(id.slice(0, 100)) : describeValue(id);
    throw argumentError(
      `\`id\` of a task must be a non-empty string without ":" that is not a number (BullMQ numbers its own), got ${got}.`,
    );
  }
  if (!RESERVED_IDS.has(id as string)) return;
  throw argumentError(
    `\`id\` of a task must not be "${id}": BullMQ uses this key itself. Add a prefix, such as "task-${id}".`,
  );
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

function fail(option: string, expected: string, got: unknown): never {
  throw argumentError(`\`${option}\` of a task must be ${expected}, got ${describeValue(got)}.`);
}

/** Translates the options of a task into those of BullMQ. */
export function jobOptions(options: AddOptions, { metadata }: Carried): JobsOptions {
  const { id, delayMs, priority, attempts, bullmq } = options;
  const made: JobsOptions = { ...bullmq, telemetry: { metadata } };
  if (id !== undefined) made.jobId = id;
  if (delayMs !== undefined) made.delay = delayMs;
  if (priority !== undefined) made.priority = priority;
  if (attempts !== undefined) made.attempts = attempts;
  return made;
}
