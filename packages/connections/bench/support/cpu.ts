// CPU time per command, alternating with bare node-redis in one process: of use on a busy machine.
//
//   node --conditions=@map/source --expose-gc packages/connections/bench/support/cpu.ts [tasks] [rounds]
import { startRedis } from '@map-tooling/testing';
import { createClient } from 'redis';
import { ConnectionManager } from '../../src/index.ts';

const tasks = Number(process.argv[2] ?? 50);
const rounds = Number(process.argv[3] ?? 15);
const total = 20_000;
const server = await startRedis();
let events = 0;
const observe = (): void => {
  events += 1;
};
const manager = new ConnectionManager({ redis: { url: server.url }, observer: { observe } });
const silent = new ConnectionManager({ redis: { url: server.url } });
const bare = async (timeout?: number) => {
  const client = createClient({
    url: server.url,
    ...(timeout !== undefined && { commandOptions: { timeout } }),
  });
  client.on('error', () => {});
  await client.connect();
  return client;
};
const zero = await bare(0);
const defaults = await bare();
const redis = await manager.getRedisConnection();
const quiet = await silent.getRedisConnection();

const contenders: Record<string, (key: string) => Promise<unknown>> = {
  'timeout: 0': (key) => zero.get(key),
  ours: (key) => redis.get(key),
  'ours, no observer': (key) => quiet.get(key),
  'ours, scope each': (key) => manager.redisConnection((scoped) => scoped.get(key)),
  defaults: (key) => defaults.get(key),
};

async function cpu(get: (key: string) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: tasks }, async (_, task) => {
      for (let round = 0; round < total / tasks; round++) await get(`key:${task}`);
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / total;
}

const seen = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
for (let round = -3; round < rounds; round++) {
  const turn = Object.entries(contenders);
  const first = Math.abs(round) % turn.length;
  for (const [name, get] of [...turn.slice(first), ...turn.slice(0, first)]) {
    globalThis.gc?.();
    const micros = await cpu(get);
    if (round >= 0) seen.get(name)?.push(micros);
  }
}
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const base = seen.get('timeout: 0') ?? [];
for (const [name, values] of seen) {
  const ratio = median(values.map((micros, round) => (base[round] ?? Number.NaN) / micros));
  process.stdout.write(
    `${name.padEnd(20)} ${median(values).toFixed(2)} µs CPU, ${ratio.toFixed(2)} × bare\n`,
  );
}
zero.destroy();
defaults.destroy();
await Promise.all([manager.closeAllConnections(), silent.closeAllConnections()]);
await server.stop();
if (events === 0) throw new Error('the observer saw nothing');
