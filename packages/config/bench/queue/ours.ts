import { initializeConfig } from '@map/config';
import { runWorker, taskQueue } from '@map/config/bullmq';
import { loadSettings } from '@map/config/settings';
import { Type } from '@sinclair/typebox';
import { addAll, CONCURRENCY, Countdown, dataOf, type MakeRunner } from './contender.ts';

const types = {
  summarise: Type.Object({
    document: Type.String(),
    words: Type.Integer({ minimum: 10 }),
    language: Type.String(),
  }),
};

/** The same tasks with everything on: checks, context, metrics, lifecycle. */
export const ours: MakeRunner = async (redisUrl) => {
  const config = await initializeConfig({
    settings: () => loadSettings({ envFiles: [], env: { REDIS_URL: redisUrl, METRICS_PORT: '0' } }),
    logging: { console: false },
    signals: false,
  });
  const queue = taskQueue('ours', { types });
  const countdown = new Countdown();
  await runWorker(
    queue,
    {
      summarise: ({ words }) => {
        countdown.hit();
        return words;
      },
    },
    { concurrency: CONCURRENCY },
  );
  return {
    run: async (tasks) => {
      const all = countdown.until(countdown.count + tasks);
      await addAll(tasks, (n) => queue.add('summarise', dataOf(n)));
      await all;
    },
    done: () => countdown.count,
    close: () => config.shutdown(),
  };
};
