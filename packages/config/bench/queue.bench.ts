// BullMQ alone has no one cost. ioredis sends each command in its own write, so it is chance how many
// of them Redis reads at once and replies to at once: 0.1 to 0.8 reads a task from one round to the
// next, and 11 to 42 µs of a task in the kernel. Our client gathers the commands that follow from one
// read into one write: 0.09 reads in every round, and 2 to 10 µs. The third contender is BullMQ with
// the same writes, a fifth less than alone. Beside it, the figure is what the packages add to a task;
// beside BullMQ, it is what a user pays more.

import { deepStrictEqual } from 'node:assert/strict';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import type { MakeRunner, QueueRunner } from './queue/contender.ts';

const TASKS = quick ? 100 : 4_000;
/**
 * Rounds before the first that counts. A task costs half as much again after 5 of them, and less with
 * each until the twelfth: the compiler is that long at the code of ours, and at BullMQ's.
 */
const WARM_UP = 12;

let redis: RedisServer;

function contender(make: () => Promise<MakeRunner>): ContenderSteps {
  let runner: QueueRunner;
  return {
    setup: async () => {
      runner = await (await make())(redis.url);
    },
    warmUp: () => runner.run(TASKS * WARM_UP),
    run: async () => {
      // No collection is forced: it discards compiled code, and that cost is not the tasks'.
      const cpu = process.cpuUsage();
      await runner.run(TASKS);
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / TASKS;
    },
    output: async () => runner.done() % TASKS,
    teardown: async () => {
      await runner.close();
    },
  };
}

export default [
  defineBench({
    kind: 'value',
    name: 'queue',
    title: 'A task added to a queue and done: CPU time',
    unit: 'µs',
    better: 'lower',
    processes: true,
    rounds: 12,
    roundsAProcess: 6,
    goals: [{ against: 'BullMQ', atMost: 1.1 }],
    setup: async () => {
      redis = await startRedis();
    },
    teardown: () => redis.stop(),
    contenders: {
      '@map/config/bullmq': contender(async () => (await import('./queue/ours.ts')).ours),
      BullMQ: contender(async () => (await import('./queue/bare.ts')).bare),
      'BullMQ, gathered': contender(async () => (await import('./queue/bare.ts')).gathered),
    },
    verify: (outputs) => {
      // Whole rounds, the warm-up as well: each task was done once.
      for (const output of Object.values(outputs)) deepStrictEqual(output, 0);
    },
  }),
] as Bench[];
