// One attempt of one task: the part between BullMQ, which takes the job and moves it on, and
// `runTask`, which runs the handler.

import { type BaseError, ErrorCode, SystemError, ValidationError } from '@map/errors';
import { getMetricsManager } from '@map/metrics';
import { redactText } from '@map/redaction';
import type { Job } from 'bullmq';
import { taskUnit } from '../../work/run-task.ts';
import type { Cancellable } from '../../work/stop.ts';
import { runUnit } from '../../work/unit-of-work.ts';
import { isParent, measureFlowWait } from '../add/flow-wait.ts';
import type { Bullmq } from '../client/libraries.ts';
import { BACKOFF } from '../core/job-defaults.ts';
import type { QueueCore } from '../core/queue-core.ts';
import { LOSS_REMEDY } from '../core/queue-error.ts';
import { carrierOf, inContextOf } from '../data/carrier.ts';
import { dataIssues, issuesText } from '../data/check-data.ts';
import { jsonLoss, lossText } from '../data/json-loss.ts';
import { goneJob, jobWithoutLock } from './bullmq-errors.ts';
import type { TaskWork } from './task-work.ts';
import { retryDelay } from './verdict.ts';

/** Processes a task; its result is stored with the task, as JSON. */
export type AnyHandler = (data: never, work: TaskWork) => unknown;

/** The state that the attempts of a worker share. */
export interface TaskRunner {
  readonly core: QueueCore;
  readonly bullmq: Bullmq;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly timeoutMs: number | undefined;
  readonly budgetUsd: number | undefined;
  readonly lockMs: number;
  /** Whether BullMQ is paused: it does not report then that a lock was lost. */
  isPaused(): boolean;
  /** Whether the worker takes no more tasks. */
  isStopping(): boolean;
  /** Whether another process may have taken the task by now. */
  isLost(id: string): boolean;
  /** Called with what cancels the attempt, once it runs. */
  onCancellable(id: string, work: Cancellable): void;
  /** The types of tasks whose results JSON has changed. */
  readonly changedResults: Set<string>;
  /** Called when nothing is left to note about a task; tells whether this is the first time for it. */
  onReturned(id: string): boolean;
}

/** Said of a task that was removed, or that Redis has lost. */
export const GONE_TASK = 'Task ended that is no longer in Redis: its result is dropped';
const LEFT_TASK = 'Task left to another process: its lock was lost';

/** A failure that BullMQ retries after `delayMs`. */
class Retried extends Error {
  override readonly name = 'TaskRetried';
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

/** The first wait for a process that knows the type of a task, in milliseconds; it doubles. */
const DEPLOY_MS = 15_000;

/** The wait before a task is done again whose result Redis refused, in milliseconds. */
const NOT_NOTED_MS = 1_000;

/**
 * The wait that a failure asks for, for BullMQ. A failure that is not of the task itself is that of
 * noting its result, such as a cluster that just lost the node: the task is done again.
 */
export function waitOf(error: unknown): number {
  return error instanceof Retried ? error.delayMs : NOT_NOTED_MS;
}

/**
 * Runs one attempt.
 *
 * @param runner The worker.
 * @param job What BullMQ took.
 * @param token Proves to BullMQ that the job is ours.
 * @returns The result of the handler.
 * @throws Errors that tell BullMQ where to move the job.
 */
export async function attemptTask(runner: TaskRunner, job: Job, token: string): Promise<unknown> {
  const carrier = carrierOf(job.opts.telemetry?.metadata);
  // It was taken while the stop began.
  if (runner.isStopping()) return await giveBack(runner, job, token, carrier);
  const { types } = runner.core.settings;
  const type = Object.hasOwn(types, job.name) ? job.name : 'unknown';
  let result: unknown;
  try {
    result = await run(runner, job, type, carrier);
  } catch (thrown) {
    const error = thrown as BaseError;
    if (await isLost(runner, job, token)) throw await leave(runner, job, carrier);
    const interrupted = error.code === ErrorCode.TASK_INTERRUPTED;
    if (interrupted && runner.isStopping()) return await giveBack(runner, job, token, carrier);
    throw inContextOf(carrier, () => failure(runner, job, type, error));
  }
  if (await isLost(runner, job, token)) throw await leave(runner, job, carrier);
  if (isParent(carrier)) await waitForRest(runner, job, token, carrier);
  measure(type, 'success', job);
  return result;
}

/**
 * Returns a task whose children have not all ended, which began early because one of them failed:
 * BullMQ would not complete it, and count that as a failure. It runs again after the last of them.
 */
async function waitForRest(
  runner: TaskRunner,
  job: Job,
  token: string,
  carrier: object,
): Promise<void> {
  // Where it cannot be moved, it cannot be completed either, which is reported.
  const hasMoved = await job.moveToWaitingChildren(token).catch(() => false);
  if (!hasMoved) return;
  const { core, bullmq } = runner;
  runner.onReturned(job.id ?? '');
  const fields = { queue: core.settings.name, task_id: job.id };
  inContextOf(carrier, () => core.log.info('Task runs again after its other children', fields));
  throw new bullmq.WaitingChildrenError();
}

/** Whether another process may have taken a task whose attempt has ended. */
function isLost(runner: TaskRunner, job: Job, token: string): boolean | Promise<boolean> {
  if (!runner.isPaused()) return runner.isLost(job.id ?? '');
  const extended: Promise<number> = job.extendLock(token, runner.lockMs);
  // Without a reply, its end is noted with the same error, or once Redis is back.
  return extended.then(
    (count) => count === 0,
    () => false,
  );
}

function run(runner: TaskRunner, job: Job, type: string, carrier: object): Promise<unknown> {
  const { core, timeoutMs, budgetUsd } = runner;
  const isFirst = job.attemptsMade === 0 && job.stalledCounter === 0;
  const { id = '' } = job;
  if (isFirst && isParent(carrier)) void measureFlowWait(core, job, carrier);
  const isMeasured = isFirst && !isParent(carrier);
  const unit = taskUnit({
    type,
    taskId: id,
    dispatcherId: core.settings.name,
    carrier,
    queuedAt: isMeasured ? job.timestamp + (job.opts.delay ?? 0) : undefined,
    timeoutMs,
    budgetUsd,
    onCancellable: (work) => runner.onCancellable(id, work),
    onResult: (result) => checkResult(runner, type, result),
  });
  return runUnit(unit, (work) => {
    const handler = handlerOf(runner, job);
    const task = {
      id,
      type: job.name,
      attempt: job.attemptsMade + 1,
      childResults: async () =>
        (await core.send('give the results of children', () => job.getChildrenValues())) ?? {},
    };
    // It has members that a copy would lose.
    return handler(job.data as never, Object.assign(work, task));
  });
}

/**
 * Warns, once for a type, of a result that JSON changes: the work is done, and most results are
 * never read.
 *
 * @throws `SERIALIZATION_ERROR_1009` for one that JSON cannot carry at all: BullMQ would do the work
 * again, whose result cannot be kept either.
 */
function checkResult({ core, changedResults }: TaskRunner, type: string, result: unknown): void {
  const loss = result === undefined ? undefined : jsonLoss(result);
  if (loss === undefined) return;
  if (isCarried(result)) {
    if (changedResults.has(type)) return;
    changedResults.add(type);
    const reason = `${lossText(loss)}. ${LOSS_REMEDY}`;
    const fields = { queue: core.settings.name, task_type: type, path: loss.path, reason };
    core.log.warning('The result of a task changes in JSON', fields);
    return;
  }
  throw new SystemError({
    code: ErrorCode.SERIALIZATION_ERROR,
    message: `The result of a task "${type}" must survive JSON: ${lossText(loss)}. ${LOSS_REMEDY}`,
    details: { path: loss.path },
  });
}

function isCarried(result: unknown): boolean {
  try {
    return typeof JSON.stringify(result) === 'string';
  } catch {
    return false;
  }
}

/** @throws `SCHEMA_MISMATCH_3501` for a type that is not known here, or data that does not fit. */
function handlerOf({ core, handlers }: TaskRunner, job: Job): AnyHandler {
  const { name, types } = core.settings;
  const schema = Object.hasOwn(types, job.name) ? types[job.name] : undefined;
  const handler = handlers[job.name];
  if (schema === undefined || handler === undefined) {
    throw new ValidationError({
      code: ErrorCode.SCHEMA_MISMATCH,
      // One that was removed while it was taken has none.
      message: `Queue "${name}" has no type "${`${job.name}`.slice(0, 100)}" in this process.`,
      // During a deploy, a process of the next version may know it.
      retryable: true,
      retryAfterMs: DEPLOY_MS * 2 ** job.attemptsMade,
    });
  }
  const issues = dataIssues(schema, job.data);
  if (issues === undefined) return handler;
  throw new ValidationError({
    code: ErrorCode.SCHEMA_MISMATCH,
    message: `The data of a task "${job.name}" does not match the schema of queue "${name}". ${issuesText(issues)}`,
    details: { issues },
  });
}

function giveBack(runner: TaskRunner, job: Job, token: string, carrier: object): Promise<never> {
  return inContextOf(carrier, () => returnTask(runner, job, token));
}

/** Puts a task back in front of the queue, as if it had not been taken. */
async function returnTask(runner: TaskRunner, job: Job, token: string): Promise<never> {
  const { core, bullmq } = runner;
  try {
    await job.moveToWait(token);
  } catch (error) {
    const isOurs = jobWithoutLock(error) === undefined && goneJob(error) === undefined;
    throw isOurs ? error : await leftError(runner, job);
  }
  // A fetch in flight may take it again while the worker stops.
  if (runner.onReturned(job.id ?? '')) {
    core.log.info('Task returned to its queue', { queue: core.settings.name, task_id: job.id });
  }
  throw new bullmq.WaitingError();
}

/** Leaves a task to the process that has its lock. */
function leave(runner: TaskRunner, job: Job, carrier: object): Promise<Error> {
  return inContextOf(carrier, () => leftError(runner, job));
}

async function leftError(runner: TaskRunner, job: Job): Promise<Error> {
  const { core, bullmq } = runner;
  const state = await core.send('look for a task', () => job.getState()).catch(() => undefined);
  runner.onReturned(job.id ?? '');
  const fields = { queue: core.settings.name, task_id: job.id };
  core.log.warning(state === 'unknown' ? GONE_TASK : LEFT_TASK, fields);
  return new bullmq.WaitingError();
}

function failure({ core, bullmq }: TaskRunner, job: Job, type: string, error: BaseError): Error {
  const { settings, log } = core;
  const delayMs = retryDelay(error, job, settings);
  const message = redactText(`${error.code}: ${error.message}`);
  const fields = {
    queue: settings.name,
    task_id: job.id,
    task_type: type,
    attempt: job.attemptsMade + 1,
    error_code: error.code,
  };
  const metrics = getMetricsManager();
  let result: Error;
  if (delayMs === undefined) {
    measure(type, 'error', job);
    metrics.trackTask('failures', { task_type: type, error_type: error.code });
    log.error('Task failed for good', fields);
    result = new bullmq.UnrecoverableError(message);
  } else {
    metrics.trackTask('retries', { task_type: type });
    // With a backoff of BullMQ, it alone knows the wait.
    const wait = hasOwnBackoff(job) ? {} : { delay_ms: delayMs };
    log.info('Task will be retried', { ...fields, ...wait });
    result = new Retried(message, delayMs);
  }
  // BullMQ keeps it with the job.
  result.stack = redactText(error.stack ?? message);
  return result;
}

function hasOwnBackoff({ opts: { backoff } }: Job): boolean {
  return typeof backoff !== 'object' || backoff.type !== BACKOFF;
}

function measure(task_type: string, status: 'success' | 'error', job: Job): void {
  getMetricsManager().trackTask('attempts', { task_type, status }, job.attemptsMade + 1);
}
