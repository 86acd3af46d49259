import type { ConnectionManager } from '@map/config/connections';
import { MEMORY_OPERATION_DURATION, type MetricsManager, timedMetric } from '@map/config/metrics';
import type { Keys } from './keys.ts';
import type { Answer } from './reply.ts';

/**
 * The memory of the agents, in Redis. Every write may be repeated: a task that is done twice changes
 * nothing the second time.
 */
export class Store {
  readonly #connections: ConnectionManager;
  readonly #metrics: MetricsManager;
  readonly #keys: Keys;

  constructor(connections: ConnectionManager, metrics: MetricsManager, keys: Keys) {
    this.#connections = connections;
    this.#metrics = metrics;
    this.#keys = keys;
  }

  /** Indexes an answer, and notes its task as done. */
  async saveAnswer(id: string, { keywords }: Answer): Promise<void> {
    await this.#timed('write', () =>
      this.#connections.redisConnection(async (redis) => {
        const multi = redis.multi().sAdd(this.#keys.done, id);
        if (keywords.length > 0) multi.sAdd(this.#keys.keywords, [...keywords]);
        for (const keyword of keywords) multi.sAdd(this.#keys.index(keyword), id);
        return multi.exec();
      }),
    );
  }

  /** Stores a document's summary, and notes its task as done. */
  async saveSummary(id: string, document: string, summary: string): Promise<void> {
    await this.#timed('write', () =>
      this.#connections.redisConnection((redis) =>
        redis
          .multi()
          .hSet(this.#keys.summaries, document, summary)
          .sAdd(this.#keys.done, id)
          .exec(),
      ),
    );
  }

  /** Counts the tasks that are done. */
  done(): Promise<number> {
    return this.#connections.redisConnection((redis) => redis.sCard(this.#keys.done));
  }

  /** Counts the documents that have a summary. */
  summaries(): Promise<number> {
    return this.#timed('read', () =>
      this.#connections.redisConnection((redis) => redis.hLen(this.#keys.summaries)),
    );
  }

  /** Finds the keywords that stand in the most chunks. */
  async topKeywords(count: number): Promise<{ keyword: string; chunks: number }[]> {
    return this.#timed('search', () =>
      this.#connections.redisConnection(async (redis) => {
        const keywords = await redis.sMembers(this.#keys.keywords);
        const found = await Promise.all(
          keywords.map(async (keyword) => ({
            keyword,
            chunks: await redis.sCard(this.#keys.index(keyword)),
          })),
        );
        return found
          .sort((a, b) => b.chunks - a.chunks || a.keyword.localeCompare(b.keyword))
          .slice(0, count);
      }),
    );
  }

  /** Removes every key of the run and returns how many there were. */
  async clear(): Promise<number> {
    return this.#connections.redisConnection(async (redis) => {
      let removed = 0;
      for await (const keys of redis.scanIterator({ MATCH: `${this.#keys.prefix}*`, COUNT: 500 })) {
        if (keys.length > 0) removed += await redis.unlink(keys);
      }
      return removed;
    });
  }

  async #timed<T>(operation_type: string, work: () => Promise<T>): Promise<T> {
    const labels = { memory_type: 'redis', operation_type };
    const value = await timedMetric(MEMORY_OPERATION_DURATION, labels)(work)();
    this.#metrics.trackMemory('operations', { ...labels, status: 'success' });
    return value;
  }
}
