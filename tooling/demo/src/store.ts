import type { ConnectionManager } from '@map/config/connections';
import { MEMORY_OPERATION_DURATION, type MetricsManager, timedMetric } from '@map/config/metrics';
import type { Keys } from './keys.ts';
import type { TakenTask } from './queue.ts';
import type { Answer } from './task.ts';

/**
 * What the agents remember, in Redis. Every write may be repeated: a task that is finished twice
 * changes nothing the second time.
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

  /** Stores an answer with its index and finishes its task; returns the document's answers so far. */
  async saveAnswer(taken: TakenTask, document: string, answer: Answer): Promise<number> {
    const { id } = taken.task;
    const [, ...replies] = await this.#timed('write', () =>
      this.#connections.redisConnection(async (redis) => {
        const multi = redis
          .multi()
          .hSet(this.#keys.answers(document), id, JSON.stringify(answer))
          .hLen(this.#keys.answers(document))
          .lRem(taken.active, 1, taken.text);
        if (answer.keywords.length > 0) multi.sAdd(this.#keys.keywords, [...answer.keywords]);
        for (const keyword of answer.keywords) multi.sAdd(this.#keys.index(keyword), id);
        return multi.exec();
      }),
    );
    return Number(replies[0]);
  }

  /**
   * Claims a document for whoever asks first.
   * @param claimant Names who asks, so that asking again after a lost reply gives the same.
   */
  async claim(document: string, claimant: string): Promise<boolean> {
    const owner = await this.#timed('write', () =>
      this.#connections.redisConnection((redis) =>
        redis.set(this.#keys.claim(document), claimant, { condition: 'NX', GET: true }),
      ),
    );
    return owner === null || owner === claimant;
  }

  /** Reads the answers to a document's chunks. */
  async answersOf(document: string): Promise<Answer[]> {
    const texts = await this.#timed('read', () =>
      this.#connections.redisConnection((redis) => redis.hVals(this.#keys.answers(document))),
    );
    return texts.map((text) => JSON.parse(text) as Answer);
  }

  /** Stores a document's summary and finishes its task. */
  async saveSummary(taken: TakenTask, document: string, summary: string): Promise<void> {
    await this.#timed('write', () =>
      this.#connections.redisConnection((redis) =>
        redis
          .multi()
          .hSet(this.#keys.summaries, document, summary)
          .lRem(taken.active, 1, taken.text)
          .exec(),
      ),
    );
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
