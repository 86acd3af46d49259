import { closest, describeValue } from '@map/redaction/kernel';
import type { JobsOptions } from 'bullmq';
import { argumentError } from '../core/queue-error.ts';

type Expected = readonly [words: string, accepts: (value: unknown) => boolean];

const FLAG: Expected = ['true or false', (value) => typeof value === 'boolean'];
const NUMBER: Expected = ['a finite number', (value) => Number.isFinite(value)];
const TEXT: Expected = ['a string', (value) => typeof value === 'string'];
const OBJECT: Expected = ['an object', (value) => typeof value === 'object' && value !== null];
const KEPT: Expected = [
  'true, false, a finite number or an object',
  (value) => [FLAG, NUMBER, OBJECT].some(([, accepts]) => accepts(value)),
];
const BACKOFF: Expected = [
  'a finite number or an object',
  (value) => [NUMBER, OBJECT].some(([, accepts]) => accepts(value)),
];

/** The options of BullMQ for a job, by its own type, but for `telemetry`, which has the context. */
const OPTIONS: Readonly<Record<Exclude<keyof JobsOptions, 'telemetry'>, Expected>> = {
  attempts: NUMBER,
  backoff: BACKOFF,
  continueParentOnFailure: FLAG,
  deduplication: OBJECT,
  delay: NUMBER,
  failParentOnFailure: FLAG,
  ignoreDependencyOnFailure: FLAG,
  jobId: TEXT,
  keepLogs: NUMBER,
  lifo: FLAG,
  parent: OBJECT,
  prevMillis: NUMBER,
  priority: NUMBER,
  removeDependencyOnFailure: FLAG,
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
  repeatJobKey: TEXT,
  sizeLimit: NUMBER,
  stackTraceLimit: NUMBER,
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
