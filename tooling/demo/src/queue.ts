import type { ConnectionManager } from '@map/config/connections';
import type { Keys } from './keys.ts';
import type { Task } from './task.ts';

/** A task that an agent has taken, and where it stands until it is finished. */
export interface TakenTask {
  readonly task: Task;
  /** The task as it stands in the list. */
  readonly text: string;
  /** Key of the list of what the agent has taken. */
  readonly active: string;
}

/** Tasks in Redis lists: each stands in a waiting or in an active list until it is finished. */
export class TaskQueue {
  readonly #connections: ConnectionManager;
  readonly #keys: Keys;
  /** Agents that do not know whether they have taken a task: the answer was lost. */
  readonly #unsure = new Set<string>();

  constructor(connections: ConnectionManager, keys: Keys) {
    this.#connections = connections;
    this.#keys = keys;
  }

  /** Adds a task; it waits behind those of its kind. */
  async add(task: Task): Promise<void> {
    const text = JSON.stringify(task);
    await this.#connections.redisConnection((redis) =>
      redis.lPush(this.#keys.queue(task.kind), text),
    );
  }

  /**
   * Waits for a task and takes it; after a failure, the one that may have been taken before it.
   * @param agent Who takes it; an agent has one task at a time.
   * @param waitSeconds How long to wait when there is none.
   */
  async take(
    kind: Task['kind'],
    agent: string,
    waitSeconds: number,
  ): Promise<TakenTask | undefined> {
    const [waiting, active] = [this.#keys.queue(kind), this.#keys.active(agent)];
    await using lease = await this.#connections.acquireRedis();
    const redis = lease.connection;
    let text = this.#unsure.has(agent) ? await redis.lIndex(active, 0) : null;
    this.#unsure.add(agent);
    text ??= await redis.blMove(waiting, active, 'RIGHT', 'LEFT', waitSeconds);
    this.#unsure.delete(agent);
    return text === null ? undefined : { task: JSON.parse(text) as Task, text, active };
  }
}
