import type { ConnectionManager } from '@map/config/connections';
import type { Keys } from './keys.ts';
import type { Task } from './task.ts';

/** A task that an agent has taken, with the text that names it in the list of active ones. */
export interface TakenTask {
  readonly task: Task;
  readonly text: string;
}

/** Tasks in Redis lists: each is in the waiting or in the active list until it is finished. */
export class TaskQueue {
  readonly #connections: ConnectionManager;
  readonly #keys: Keys;

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
   * Waits for a task and takes it.
   * @param waitSeconds How long to wait when there is none.
   */
  async take(kind: Task['kind'], waitSeconds: number): Promise<TakenTask | undefined> {
    await using lease = await this.#connections.acquireRedis();
    const [waiting, active] = [this.#keys.queue(kind), this.#keys.active(kind)];
    const text = await lease.connection.blMove(waiting, active, 'RIGHT', 'LEFT', waitSeconds);
    return text === null ? undefined : { task: JSON.parse(text) as Task, text };
  }

  /** How many tasks of a kind wait. */
  depth(kind: Task['kind']): Promise<number> {
    return this.#connections.redisConnection((redis) => redis.lLen(this.#keys.queue(kind)));
  }

  /** How many tasks of a kind are taken and not finished. */
  active(kind: Task['kind']): Promise<number> {
    return this.#connections.redisConnection((redis) => redis.lLen(this.#keys.active(kind)));
  }
}
