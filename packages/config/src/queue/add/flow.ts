import { describeValue } from '@map/redaction/kernel';
import type { FlowJob } from 'bullmq';
import { jobDefaults } from '../core/job-defaults.ts';
import type { QueueCore } from '../core/queue-core.ts';
import { argumentError } from '../core/queue-error.ts';
import type { Carried } from '../data/carrier.ts';
import type { FlowTask } from '../data/types.ts';
import { jobOptions } from './add-options.ts';
import { markParent } from './flow-wait.ts';

/** The queue of each task of a flow, and how many levels of tasks it has, its own included. */
const planned = new WeakMap<FlowTask, { readonly core: QueueCore; readonly levels: number }>();

/** Levels of a flow at most: BullMQ walks through them by recursion. */
const MAX_LEVELS = 500;

/** The options by which a child says that its failure does not fail its parent. */
const ON_FAILURE = [
  'ignoreDependencyOnFailure',
  'removeDependencyOnFailure',
  'continueParentOnFailure',
] as const;

/** Makes a task known as one of a queue's. */
export function planTask(task: FlowTask, core: QueueCore): FlowTask {
  const { children } = task;
  if (!Array.isArray(children)) {
    throw argumentError(`\`children\` of a task must be an array, got ${describeValue(children)}.`);
  }
  let levels = 1;
  for (const child of children) levels = Math.max(levels, 1 + (planned.get(child)?.levels ?? 0));
  if (levels > MAX_LEVELS) {
    throw argumentError(`A flow must not have more than ${MAX_LEVELS} levels of tasks.`);
  }
  // A copy: a task cannot become its own child afterwards.
  const known = { ...task, children: [...children] };
  planned.set(known, { core, levels });
  return known;
}

/**
 * Makes BullMQ's description of a flow.
 *
 * @param flow The task that runs last.
 * @param core The queue that adds it.
 * @param carried The context that all of its tasks carry.
 * @throws `VALIDATION_ERROR_3500` for a task that `task()` did not make, or whose queue is in
 * another Redis.
 */
export function flowJob(flow: FlowTask, core: QueueCore, carried: Carried): FlowJob {
  const own = planned.get(flow)?.core;
  if (own === undefined) {
    throw argumentError('A task of a flow must be the result of task() of a queue.');
  }
  const { place } = core.location();
  const { prefix, place: where } = own.location();
  if (where !== place) {
    throw argumentError(
      `The tasks of a flow must be in one Redis: queue "${flow.queue}" is in ${where}, queue "${core.settings.name}" in ${place}.`,
    );
  }
  const { queue, type, data, options, children } = flow;
  return {
    queueName: queue,
    prefix,
    name: type,
    data,
    opts: {
      ...jobDefaults(own.settings),
      ...jobOptions(options, children.length === 0 ? carried : parentOf(carried)),
    },
    children: children.map((child) => childJob(child, core, carried)),
  };
}

function childJob(task: FlowTask, core: QueueCore, carried: Carried): FlowJob {
  const job = flowJob(task, core, carried);
  const given = job.opts ?? {};
  if (ON_FAILURE.some((option) => given[option] === true)) return job;
  if (given.failParentOnFailure === false) {
    throw argumentError(
      `\`bullmq.failParentOnFailure\` of a task of a flow must not be false alone: its parent would wait for ever. Use one of ${ON_FAILURE.join(', ')} with true.`,
    );
  }
  return { ...job, opts: { ...given, failParentOnFailure: true } };
}

function parentOf(carried: Carried): Carried {
  return { ...carried, metadata: markParent(carried.metadata) };
}

/** Lists all tasks of a flow. */
export function tasksOf(flow: FlowTask): FlowTask[] {
  return [flow, ...flow.children.flatMap(tasksOf)];
}
