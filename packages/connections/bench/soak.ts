// Minutes of traffic with a fault every few seconds; heap and handles have to stay flat.
//
//   node --conditions=@map/source --expose-gc packages/connections/bench/soak.ts [minutes]
import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy, startRedis } from '@map-tooling/testing';
import { ConnectionManager } from '../src/index.ts';

const minutes = Number(process.argv[2] ?? 5);
const server = await startRedis();
const proxy = await startFaultProxy(server);
const manager = new ConnectionManager({
  redis: {
    url: `redis://127.0.0.1:${proxy.port}`,
    commandTimeoutMs: 500,
    connectTimeoutMs: 500,
    pool: { max: 10, acquireTimeoutMs: 500 },
  },
  observer: { observe: () => {} },
});

let running = true;
let succeeded = 0;
const failed = new Map<string, number>();

async function task(index: number): Promise<void> {
  for (let round = 0; running; round++) {
    try {
      if (round % 5 === 0) {
        await using lease = await manager.acquireRedis();
        await lease.connection.set(`key:${index}`, 'value'.repeat(20));
      } else {
        await manager.redisConnection((redis) => redis.get(`key:${index}`));
      }
      succeeded += 1;
    } catch (error) {
      const code = String((error as { code?: unknown }).code);
      failed.set(code, (failed.get(code) ?? 0) + 1);
    }
    await sleep(2);
  }
}

const faults: (() => Promise<void>)[] = [
  async () => proxy.cut(),
  async () => {
    proxy.set({ blackhole: true });
    await sleep(800);
    proxy.set({});
  },
  async () => {
    server.pause();
    await sleep(800);
    server.resume();
  },
  async () => {
    proxy.set({ refuse: true });
    proxy.cut();
    await sleep(500);
    proxy.set({});
  },
  async () => {
    await server.kill();
    await sleep(500);
    await server.restart();
  },
];

function line(second: number): void {
  globalThis.gc?.();
  const heap = (process.memoryUsage().heapUsed / 1e6).toFixed(1);
  const handles = process.getActiveResourcesInfo().length;
  const failures = [...failed].map(([code, count]) => `${code} × ${count}`).join(', ');
  process.stdout.write(
    `${String(second).padStart(4)} s  heap ${heap} MB  handles ${handles}  ok ${succeeded}  ${failures}\n`,
  );
}

const tasks = Array.from({ length: 50 }, (_, index) => task(index));
const startedAt = Date.now();
for (let round = 0; Date.now() - startedAt < minutes * 60_000; round++) {
  await sleep(2_500);
  await faults[round % faults.length]?.();
  if (round % 4 === 3) line(Math.round((Date.now() - startedAt) / 1_000));
}
running = false;
await Promise.all(tasks);
const report = await manager.closeAllConnections();
process.stdout.write(`closed: ${JSON.stringify(report)}\n`);
await proxy.stop();
await server.stop();
