import { createClient } from 'redis';
import { ConnectionManager } from './src/index.ts';
const url = process.argv[2]!;
let seen = 0;
const manager = new ConnectionManager({ redis: { url }, observer: { observe: () => { seen += 1; } } });
const guard = await manager.getRedisConnection();
const bare = createClient({ url, commandOptions: { timeout: 0 } }); bare.on('error', () => {}); await bare.connect();
const dflt = createClient({ url }); dflt.on('error', () => {}); await dflt.connect();
const { default: IORedis } = await import('ioredis');
const io = new IORedis(url);
await bare.set('k', 'v'.repeat(100));
const N = Number(process.argv[3] ?? 100000), T = Number(process.argv[4] ?? 50);
async function run(get: () => Promise<unknown>) {
  const per = N / T; const t = performance.now(); const c = process.cpuUsage();
  await Promise.all(Array.from({ length: T }, async () => { for (let i = 0; i < per; i++) await get(); }));
  const u = process.cpuUsage(c);
  return { k: Math.round(N / (performance.now() - t)), us: (u.user + u.system) / N };
}
const kinds: Record<string, () => Promise<unknown>> = {
  bare: () => bare.get('k'), guard: () => guard.get('k'), scoped: () => manager.redisConnection((redis) => redis.get('k')), dflt: () => dflt.get('k'), io: () => io.get('k') };
if (process.argv[5]) for (const k of Object.keys(kinds)) if (k !== process.argv[5]) delete kinds[k];
const best: Record<string, number[]> = {};
for (let r = 0; r < 9; r++) for (const [name, get] of Object.entries(kinds)) { const { us } = await run(get); (best[name] ??= []).push(us); }
for (const [name, list] of Object.entries(best)) console.log(name.padEnd(8), 'cpu us/op median', list.sort((a, b) => a - b)[4]!.toFixed(2), 'min', list[0]!.toFixed(2));
await manager.closeAllConnections(); bare.destroy(); dflt.destroy(); io.disconnect();
