import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { provide, type RedisServer, startRedis } from '@map-tooling/testing';
import { Redis } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import { ConnectionManager, type RedisClient } from '../src/index.ts';
import { throughput } from './support/throughput.ts';

let server: RedisServer;
let events = 0;
const value = 'v'.repeat(100);

interface Driver {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

function pace(driver: Driver, command: 'get' | 'set', tasks: number): Promise<number> {
  // Long enough for what a command leaves behind, such as a timer of 5 s, to be paid for.
  const calls = quick ? 2 : tasks === 1 ? 7_500 : 3_000;
  return throughput(tasks, calls, (task) =>
    command === 'get' ? driver.get(`key:${task}`) : driver.set(`key:${task}`, value),
  );
}

function contender(
  open: () => Promise<{ driver: Driver; close(): unknown }>,
  command: 'get' | 'set',
  tasks: number,
): ContenderSteps {
  let opened: { driver: Driver; close(): unknown } | undefined;
  return {
    setup: async () => {
      opened = await open();
    },
    teardown: () => opened?.close(),
    run: () => (opened === undefined ? 0 : pace(opened.driver, command, tasks)),
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

async function limit(command: 'get' | 'set', tasks: number): Promise<number> {
  const program = await provide({ name: 'redis-benchmark', packages: ['redis-tools'] });
  const { stdout } = await promisify(execFile)(program.path, [
    ...['-p', String(server.port), '-t', command, '-c', String(tasks), '-d', '100', '--csv'],
    ...['-n', quick ? '200' : tasks === 1 ? '5000' : '60000'],
  ]);
  return Number(/^"[^"]+","([\d.]+)"/m.exec(stdout.split('\n')[1] ?? '')?.[1]);
}

function bench(command: 'get' | 'set', tasks: number): Bench {
  return defineBench({
    name: `${command}-${tasks}`,
    title: `${command.toUpperCase()} of 100 bytes by ${tasks} task${tasks === 1 ? '' : 's'}`,
    kind: 'value',
    unit: 'operations/s',
    better: 'higher',
    rounds: quick ? 1 : 7,
    // Users run one client in a process; several would make each other's shared code slower.
    processes: true,
    setup: async () => {
      server = await startRedis();
    },
    teardown: () => server.stop(),
    goals:
      tasks === 1
        ? [{ against: 'node-redis, timeout: 0', atLeast: 0.9 }]
        : [
            { against: 'node-redis, timeout: 0', atLeast: 0.9 },
            { against: 'node-redis, defaults', atLeast: 1.6 },
            { against: 'ioredis', atLeast: 1 },
          ],
    contenders: {
      '@map/connections': contender(ours, command, tasks),
      '@map/connections, redisConnection() each': contender(oursScoped, command, tasks),
      'node-redis, timeout: 0': contender(() => bare(0), command, tasks),
      'node-redis, defaults': contender(() => bare(undefined), command, tasks),
      'node-redis, pool of 10': contender(pool, command, tasks),
      ioredis: contender(ioredis, command, tasks),
      'redis-benchmark': { run: () => limit(command, tasks), output: () => value },
    },
    verify: (outputs) => {
      for (const [name, output] of Object.entries(outputs)) {
        if (output !== value) throw new Error(`${name} gave ${String(output)}`);
      }
    },
  });
}

export default [bench('get', 50), bench('set', 50), bench('get', 1), bench('set', 1)];
