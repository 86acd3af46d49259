import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { gatheringConnector } from '../../src/queue/client/gathered-writes.ts';
import { loadIoredis } from '../../src/queue/client/libraries.ts';
import {
  addAll,
  CONCURRENCY,
  Countdown,
  dataOf,
  type MakeRunner,
  type QueueRunner,
} from './contender.ts';

/** BullMQ as its documentation shows it, with the same options for a task. */
export const bare: MakeRunner = (redisUrl) =>
  runnerOf(new Redis(redisUrl, { maxRetriesPerRequest: null }));

/** The same, whose commands leave in as few writes as ours. */
export const gathered: MakeRunner = async (redisUrl) => {
  const Connector = gatheringConnector(await loadIoredis(), false);
  return runnerOf(new Redis(redisUrl, { maxRetriesPerRequest: null, Connector }));
};

async function runnerOf(connection: Redis): Promise<QueueRunner> {
  const defaultJobOptions = {
    attempts: 5,
    backoff: { type: 'exponential', delay: 1_000 },
    removeOnComplete: { age: 3_600, count: 1_000 },
    removeOnFail: { age: 14 * 86_400, count: 10_000 },
  };
  const queue = new Queue('bare', { connection, defaultJobOptions });
  const countdown = new Countdown();
  const worker = new Worker(
    'bare',
    async (job) => {
      countdown.hit();
      return job.data.words;
    },
    { connection, concurrency: CONCURRENCY },
  );
  await worker.waitUntilReady();
  return {
    run: async (tasks) => {
      const all = countdown.until(countdown.count + tasks);
      await addAll(tasks, (n) => queue.add('summarise', dataOf(n)));
      await all;
    },
    done: () => countdown.count,
    close: async () => {
      await worker.close();
      await queue.close();
      connection.disconnect();
    },
  };
}
