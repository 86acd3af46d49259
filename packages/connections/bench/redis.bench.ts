import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { provide, type RedisServer, startRedis } from '@map-tooling/testing';
import { Redis } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import { ConnectionManager, type RedisClient } from '../src/index.ts';
import { load, warmUp } from './support/load.ts';

let server: RedisServer;
let events = 0;
const value = 'v'.repeat(100);

interface Driver {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

/** The measurements and their duration; garbage of a command counts. */
const LOADS = {
  'get-50': { command: 'get', tasks: 50, ms: 400 },
  'set-50': { command: 'set', tasks: 50, ms: 400 },
  'get-1': { command: 'get', tasks: 1, ms: 200 },
  'set-1': { command: 'set', tasks: 1, ms: 200 },
} as const;

type One = (typeof LOADS)[keyof typeof LOADS];
type Rates = Record<string, number>;

async function rates(measure: (one: One) => Promise<number>): Promise<Rates> {
  const found: Rates = {};
  for (const [name, one] of Object.entries(LOADS)) found[name] = await measure(one);
  return found;
}

function contender(open: () => Promise<{ driver: Driver; close(): unknown }>): ContenderSteps {
  let opened: { driver: Driver; close(): unknown } | undefined;
  const calling = (command: One['command']): ((task: number) => Promise<unknown>) => {
    const { driver } = opened as { driver: Driver };
    return command === 'get'
      ? (task) => driver.get(`key:${task}`)
      : (task) => driver.set(`key:${task}`, value);
  };
  return {
    setup: async () => {
      opened = await open();
    },
    teardown: () => opened?.close(),
    warmUp: async () => {
      if (quick) return;
      for (const command of ['get', 'set'] as const) {
        await warmUp(50, 40_000, 600, calling(command));
      }
    },
    run: () =>
      rates(
        async ({ command, tasks, ms }) =>
          (await load(tasks, quick ? 1 : ms, calling(command))).rate,
      ),
    output: async () => {
      await opened?.driver.set('proof', value);
      return await opened?.driver.get('proof');
    },
  };
}

function manager(): ConnectionManager {
  return new ConnectionManager({
    redis: { url: server.url },
    observer: {
      observe: () => {
        events += 1;
      },
    },
  });
}

async function ours(): Promise<{ driver: Driver; close(): unknown }> {
  const own = manager();
  const redis: RedisClient = await own.getRedisConnection();
  return { driver: redis, close: () => end(own) };
}

async function end(own: ConnectionManager): Promise<void> {
  await own.closeAllConnections();
  if (events === 0) throw new Error('the observer saw nothing');
}

async function oursScoped(): Promise<{ driver: Driver; close(): unknown }> {
  const own = manager();
  const driver: Driver = {
    get: (key) => own.redisConnection((redis) => redis.get(key)),
    set: (key, text) => own.redisConnection((redis) => redis.set(key, text)),
  };
  await driver.get('warm');
  return { driver, close: () => end(own) };
}

async function bare(timeout: number | undefined): Promise<{ driver: Driver; close(): unknown }> {
  const client = createClient({
    url: server.url,
    ...(timeout !== undefined && { commandOptions: { timeout } }),
  });
  client.on('error', () => {});
  await client.connect();
  return { driver: client, close: () => client.destroy() };
}

async function pool(): Promise<{ driver: Driver; close(): unknown }> {
  const clients = createClientPool(
    { url: server.url },
    // On a busy machine its tasks wait for longer than the 3 s of its default.
    { minimum: 1, maximum: 10, acquireTimeout: 60_000 },
  );
  clients.on('error', () => {});
  await clients.connect();
  return { driver: clients, close: () => clients.destroy() };
}

async function ioredis(): Promise<{ driver: Driver; close(): unknown }> {
  const client = new Redis(server.url);
  await client.ping();
  return { driver: client, close: () => client.disconnect() };
}

/** What Redis itself and its own client reach. */
function limit(): Promise<Rates> {
  return rates(async ({ command, tasks }) => {
    const program = await provide({ name: 'redis-benchmark', packages: ['redis-tools'] });
    const { stdout } = await promisify(execFile)(program.path, [
      ...['-p', String(server.port), '-t', command, '-c', String(tasks), '-d', '100', '--csv'],
      ...['-n', quick ? '200' : tasks === 1 ? '5000' : '40000'],
    ]);
    return Number(/^"[^"]+","([\d.]+)"/m.exec(stdout.split('\n')[1] ?? '')?.[1]);
  });
}

const bareGoal = { against: 'node-redis, timeout: 0', atLeast: 0.9 };
const goals = {
  50: [
    bareGoal,
    { against: 'node-redis, defaults', atLeast: 1.6 },
    { against: 'ioredis', atLeast: 1 },
  ],
  1: [bareGoal],
};

export default defineBench({
  kind: 'values',
  name: 'redis',
  figures: Object.fromEntries(
    Object.entries(LOADS).map(([name, { command, tasks }]) => [
      name,
      {
        title: `${command.toUpperCase()} of 100 bytes by ${tasks} task${tasks === 1 ? '' : 's'}`,
        unit: 'operations/s',
        better: 'higher',
        goals: goals[tasks],
      },
    ]),
  ),
  rounds: 7,
  // Users run one client in a process; several would make each other's shared code slower.
  processes: true,
  setup: async () => {
    server = await startRedis();
  },
  teardown: () => server.stop(),
  contenders: {
    '@map/connections': contender(ours),
    '@map/connections, redisConnection() each': contender(oursScoped),
    'node-redis, timeout: 0': contender(() => bare(0)),
    'node-redis, defaults': contender(() => bare(undefined)),
    'node-redis, pool of 10': contender(pool),
    ioredis: contender(ioredis),
    'redis-benchmark': { warmUp: () => undefined, run: limit, output: () => value },
  },
  verify: (outputs) => {
    for (const [name, output] of Object.entries(outputs)) {
      if (output !== value) throw new Error(`${name} gave ${String(output)}`);
    }
  },
}) as Bench;
