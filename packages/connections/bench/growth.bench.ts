import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { ConnectionManager } from '../src/index.ts';

const OPERATIONS = quick ? 200 : 6_000;

let server: RedisServer;

interface Driver {
  get(key: string): Promise<unknown>;
  close(): unknown;
}

async function ours(): Promise<Driver> {
  const manager = new ConnectionManager({
    redis: { url: server.url },
    observer: { observe: () => {} },
  });
  const redis = await manager.getRedisConnection();
  return { get: (key) => redis.get(key), close: () => manager.closeAllConnections() };
}

async function nodeRedis(): Promise<Driver> {
  const client = createClient({ url: server.url, commandOptions: { timeout: 0 } });
  client.on('error', () => {});
  await client.connect();
  return { get: (key) => client.get(key), close: () => client.destroy() };
}

async function ioredis(): Promise<Driver> {
  const client = new Redis(server.url);
  return { get: (key) => client.get(key), close: () => client.disconnect() };
}

/** Microseconds of CPU for a GET, when so many tasks make one after the other. */
function contender(open: () => Promise<Driver>, tasks: number): ContenderSteps {
  let driver: Driver;
  return {
    setup: async () => {
      driver = await open();
    },
    run: async () => {
      const cpu = process.cpuUsage();
      await Promise.all(
        Array.from({ length: tasks }, async (_, task) => {
          for (let left = OPERATIONS / tasks; left > 0; left -= 1) await driver.get(`key:${task}`);
        }),
      );
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / OPERATIONS;
    },
    output: () => driver.get('proof'),
    teardown: () => driver.close(),
  };
}

export default [1, 10, 100].map((at) =>
  defineBench({
    kind: 'value',
    name: `growth-tasks-${at}`,
    title: `GET by ${at} tasks: CPU time`,
    unit: 'µs',
    better: 'lower',
    rounds: 5,
    curve: { name: 'growth-tasks', title: 'Redis GET: CPU time', by: 'tasks at the same time', at },
    setup: async () => {
      server = await startRedis();
    },
    teardown: () => server.stop(),
    contenders: {
      '@map/connections': contender(ours, at),
      'node-redis, timeout: 0': contender(nodeRedis, at),
      ioredis: contender(ioredis, at),
    },
    verify: (outputs) => {
      for (const [name, output] of Object.entries(outputs)) {
        if (output !== null) throw new Error(`${name} gave ${String(output)}`);
      }
    },
  }),
) as Bench[];
