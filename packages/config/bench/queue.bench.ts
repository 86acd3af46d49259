import { deepStrictEqual } from 'node:assert/strict';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import type { MakeRunner, QueueRunner } from './queue/contender.ts';

const TASKS = quick ? 100 : 4_000;

let redis: RedisServer;

function contender(make: () => Promise<MakeRunner>): ContenderSteps {
  let runner: QueueRunner;
  return {
    setup: async () => {
      runner = await (await make())(redis.url);
    },
    warmUp: () => runner.run(TASKS * 2),
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
    roundsAProcess: 4,
    goals: [{ against: 'BullMQ', atMost: 1.1 }],
    setup: async () => {
      redis = await startRedis();
    },
    teardown: () => redis.stop(),
    contenders: {
      '@map/config/bullmq': contender(async () => (await import('./queue/ours.ts')).ours),
      BullMQ: contender(async () => (await import('./queue/bare.ts')).bare),
    },
    verify: (outputs) => {
      // Whole rounds, the warm-up as well: each task was done once.
      for (const output of Object.values(outputs)) deepStrictEqual(output, 0);
    },
  }),
] as Bench[];
