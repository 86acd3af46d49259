import { getMetricsManager } from '@map/metrics';
import { closest, describeValue } from '@map/redaction/kernel';
import { makeCore, type OpenQueue, type QueueCore } from '../core/queue-core.ts';
import { argumentError, lossError } from '../core/queue-error.ts';
import { queueSettings, type TaskQueueOptions } from '../core/queue-options.ts';
import { type Carried, carry } from '../data/carrier.ts';
import { dataIssues, issuesText } from '../data/check-data.ts';
import { jsonLoss } from '../data/json-loss.ts';
import type {
  AddedTask,
  AddOptions,
  FlowTask,
  NewTask,
  QueueCounts,
  TaskData,
  TaskTypeOf,
  TaskTypes,
} from '../data/types.ts';
import { ADD_OPTIONS, checkAddOptions, jobOptions } from './add-options.ts';
import { flowJob, planTask, tasksOf } from './flow.ts';
import { checkKnownChildren, checkOwnIds } from './flow-ids.ts';

/**
 * A queue of typed tasks in Redis, on BullMQ.
 *
 * Made by {@link taskQueue}; it connects with the first use.
 */
export class TaskQueue<T extends TaskTypes = TaskTypes> {
  /** Its name in Redis and in metrics. */
  readonly name: string;
  readonly #core: QueueCore;

  /** @throws `CONFIG_INVALID_3002` for a name or an option that cannot be used. */
  constructor(name: string, options: TaskQueueOptions<T>) {
    this.#core = makeCore(this, queueSettings(name, options));
    this.name = name;
  }

  /**
   * Adds a task, with the trace and the log context of the caller.
   *
   * @param type One of the queue's types.
   * @param data Fits the schema of the type; JSON must not change it.
   * @param options Id, delay, priority, attempts.
   * @returns Its id and its trace.
   * @throws `VALIDATION_ERROR_3500` for data that does not fit or an unknown type;
   * `REDIS_UNAVAILABLE_9101`, retryable, without a reply in time: the task may be added later all
   * the same, so give an `id` to add it again safely.
   */
  async add<K extends TaskTypeOf<T>>(
    type: K,
    data: TaskData<T, K>,
    options: AddOptions = {},
  ): Promise<AddedTask> {
    this.#check(type, data, options);
    const carried = carry();
    const job = await this.#core.send(
      'take a task',
      ({ queue }) => queue.add(type, data, jobOptions(options, carried)),
      [data],
    );
    getMetricsManager().trackTask('created', { task_type: type });
    return { id: job.id ?? '', traceId: carried.traceId };
  }

  /**
   * Adds several tasks at once: all of them, or none.
   *
   * @param tasks Type, data and options of each.
   * @returns Id and trace of each, in their order.
   * @throws As for {@link TaskQueue.add}.
   */
  async addAll(tasks: readonly NewTask<T>[]): Promise<AddedTask[]> {
    const isList = Array.isArray(tasks);
    // Copied, for the sake of its holes.
    if (!isList || [...tasks].some((task) => typeof task !== 'object' || task === null)) {
      throw argumentError('`tasks` must be an array of { type, data, options }.');
    }
    const carried = tasks.map(({ type, data, options }) => {
      this.#check(type, data, options);
      return carry();
    });
    const given = tasks.map(({ data }) => data);
    const added = ({ queue }: OpenQueue) =>
      queue.addBulk(
        tasks.map(({ type, data, options = {} }, index) => ({
          name: type,
          data,
          opts: jobOptions(options, carried[index] as Carried),
        })),
      );
    const jobs = await this.#core.send(`take ${tasks.length} tasks`, added, given);
    const metrics = getMetricsManager();
    for (const { type } of tasks) metrics.trackTask('created', { task_type: type });
    return jobs.map(({ id = '' }, index) => ({ id, traceId: carried[index]?.traceId ?? '' }));
  }

  /**
   * Describes a task of a flow, for {@link TaskQueue.addFlow} of this queue or as a child.
   *
   * @param type One of the queue's types.
   * @param data Fits the schema of the type.
   * @param options Options of the task, and the tasks that must succeed before it starts.
   * @returns The description; nothing is added yet.
   * @throws `VALIDATION_ERROR_3500` for data that does not fit or an unknown type.
   */
  task<K extends TaskTypeOf<T>>(
    type: K,
    data: TaskData<T, K>,
    options: AddOptions & { readonly children?: readonly FlowTask[] } = {},
  ): FlowTask {
    this.#check(type, data, options, [...ADD_OPTIONS, 'children']);
    const { children = [], ...own } = options;
    return planTask({ queue: this.name, type, data, options: own, children }, this.#core);
  }

  /**
   * Adds a task with all tasks that must succeed before it: all of them, or none. They share the
   * trace of the caller. If one of them fails for good, so does the task that waits for it.
   *
   * @param flow The result of `task()` of this queue.
   * @returns Id and trace of the task that runs last.
   * @throws As for {@link TaskQueue.add}.
   */
  async addFlow(flow: FlowTask): Promise<AddedTask> {
    const carried = carry();
    const tree = flowJob(flow, this.#core, carried);
    if (flow.queue !== this.name) {
      throw argumentError(`\`flow\` must be the result of task() of queue "${this.name}".`);
    }
    checkOwnIds(tree);
    const given = tasksOf(flow).map(({ data }) => data);
    const added = async ({ bullmq, client, prefix }: OpenQueue) => {
      const producer = new bullmq.FlowProducer({ connection: client, prefix });
      producer.on('error', () => undefined);
      try {
        await checkKnownChildren(producer, tree);
        return await producer.add(tree);
      } finally {
        void producer.close().catch(() => undefined);
      }
    };
    const { job } = await this.#core.send('take a flow', added, given);
    const metrics = getMetricsManager();
    for (const { type } of tasksOf(flow)) metrics.trackTask('created', { task_type: type });
    return { id: job.id ?? '', traceId: carried.traceId };
  }

  /**
   * Counts the tasks by state.
   *
   * @throws `REDIS_UNAVAILABLE_9101` without a reply in time.
   */
  counts(): Promise<QueueCounts> {
    return this.#core.counts();
  }

  /**
   * Returns the underlying `Queue` of BullMQ, for its other features: `await queue.bullmq<Queue>()`.
   *
   * @throws `CONFIG_MISSING_3001` if BullMQ is not installed.
   */
  async bullmq<Q = object>(): Promise<Q> {
    const { queue } = await this.#core.open();
    return queue as Q;
  }

  /**
   * Closes its workers of this process, then its connection; the next use opens it again. A shutdown
   * does so by itself; after it, only the next configuration opens it again. A task of one of these
   * workers that calls it does not wait.
   */
  close(): Promise<void> {
    return this.#core.close();
  }

  #check(
    type: string,
    data: unknown,
    options: AddOptions | undefined,
    known: readonly string[] = ADD_OPTIONS,
  ): void {
    const { types } = this.#core.settings;
    const schema = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
    if (schema === undefined) {
      const names = Object.keys(types);
      const isText = typeof type === 'string';
      const got = isText ? `"${type.slice(0, 100)}"` : describeValue(type);
      const meant = isText ? closest(type, names) : undefined;
      const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
      throw argumentError(
        `\`type\` of queue "${this.name}" must be one of ${names.join(', ')}, got ${got}.${hint}`,
      );
    }
    const issues = dataIssues(schema, data);
    if (issues !== undefined) {
      throw argumentError(
        `The data of a task "${type}" does not match the schema of queue "${this.name}". ${issuesText(issues)}`,
        issues,
      );
    }
    const loss = jsonLoss(data);
    if (loss !== undefined) throw lossError(`a task "${type}"`, loss);
    checkAddOptions(options, known);
  }
}

/**
 * Describes a queue of typed tasks in Redis, on BullMQ; it connects with the first use, to the Redis
 * of the settings.
 *
 * @param name Its name, without `:`.
 * @param options The types of task with the TypeBox schemas of their data; attempts and waits.
 * @returns The queue.
 * @throws `CONFIG_INVALID_3002` for a name or an option that cannot be used.
 * @example
 * ```ts
 * import { Type } from '@sinclair/typebox';
 * import { initializeConfig } from '@map/config';
 * import { taskQueue } from '@map/config/bullmq';
 *
 * const config = await initializeConfig({ metricsServer: false });
 * const mails = taskQueue('mails', { types: { welcome: Type.Object({ to: Type.String() }) } });
 * const { id } = await mails.add('welcome', { to: 'ada@example.org' });
 * console.log(id !== '');
 * await config.shutdown();
 * ```
 */
export function taskQueue<const T extends TaskTypes>(
  name: string,
  options: TaskQueueOptions<T>,
): TaskQueue<T> {
  return new TaskQueue(name, options);
}
