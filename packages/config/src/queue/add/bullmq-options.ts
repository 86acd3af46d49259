import { closest, describeValue } from '@map/redaction/kernel';
import type { JobsOptions } from 'bullmq';
import { argumentError } from '../core/queue-error.ts';

type Expected = readonly [words: string, accepts: (value: unknown) => boolean];

const isNumber = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const FLAG: Expected = ['true or false', isFlag];
const NUMBER: Expected = ['a finite number, 0 or more', isNumber];
const WHOLE: Expected = ['a whole number, 0 or more', isWhole];
const TEXT: Expected = ['a non-empty string', isText];
const PARENT: Expected = [
  'an object with `id` and `queue` as strings',
  (value) => hasMembers(value, { id: isText, queue: isText }, ['id', 'queue']),
];
const DEDUPLICATION: Expected = [
  'an object with a non-empty string as `id` and, if at all, a whole number of milliseconds as `ttl`',
  (value) => hasMembers(value, { id: isText, ttl: isWhole }, ['id']),
];
const KEPT: Expected = [
  'true, false, a whole number or an object with numbers as `age`, `count` and `limit`',
  (value) =>
    isFlag(value) ||
    Number.isSafeInteger(value) ||
    hasMembers(value, {
      age: Number.isFinite,
      count: Number.isSafeInteger,
      limit: Number.isSafeInteger,
    }),
];
const BACKOFF: Expected = [
  'a number of milliseconds, 0 or more, or an object with a string as `type` and such a number as `delay`',
  (value) => isNumber(value) || hasMembers(value, { type: isText, delay: isNumber }, ['type']),
];

/** Whether an object has values of the right kind: a script of BullMQ would fail halfway at others. */
function hasMembers(
  value: unknown,
  members: Readonly<Record<string, (value: unknown) => boolean>>,
  required: readonly string[] = [],
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(members).every(([name, accepts]) => {
    const member: unknown = value[name as keyof typeof value];
    return member === undefined ? !required.includes(name) : accepts(member);
  });
}

/** `telemetry` has the context; without their scheduler, the others keep a worker from its tasks. */
type NotOfTask = 'telemetry' | 'repeatJobKey' | 'prevMillis';

/** The options of BullMQ for a job, by its own type. */
const OPTIONS: Readonly<Record<Exclude<keyof JobsOptions, NotOfTask>, Expected>> = {
  attempts: WHOLE,
  backoff: BACKOFF,
  continueParentOnFailure: FLAG,
  deduplication: DEDUPLICATION,
  delay: NUMBER,
  failParentOnFailure: FLAG,
  ignoreDependencyOnFailure: FLAG,
  jobId: TEXT,
  keepLogs: WHOLE,
  lifo: FLAG,
  parent: PARENT,
  priority: WHOLE,
  removeDependencyOnFailure: FLAG,
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
  sizeLimit: WHOLE,
  stackTraceLimit: WHOLE,
  timestamp: NUMBER,
};

/**
 * Checks the option `bullmq` of a task: BullMQ takes any name, and most values, without a word.
 *
 * @throws `VALIDATION_ERROR_3500` naming the option and a valid value.
 */
export function checkBullmqOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    fail('bullmq', 'an object of options of BullMQ', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      const meant = closest(name, Object.keys(OPTIONS));
      const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
      throw argumentError(
        `\`bullmq.${name.slice(0, 100)}\` of a task is not an option of BullMQ that a task may have.${hint}`,
      );
    }
    const [words, accepts] = OPTIONS[name as keyof typeof OPTIONS];
    if (value !== undefined && !accepts(value)) fail(`bullmq.${name}`, words, value);
  }
}

function fail(option: string, expected: string, got: unknown): never {
  throw argumentError(`\`${option}\` of a task must be ${expected}, got ${describeValue(got)}.`);
}
