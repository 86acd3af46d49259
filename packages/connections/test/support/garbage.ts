// Prints how many bytes a call leaves for a full garbage collection: `fetch URL`, or `pool`, whose
// callers wait for one another.
import { setImmediate as turn } from 'node:timers/promises';
import { ConnectionManager } from '../../src/index.ts';

const [, , kind, url = ''] = process.argv;
const calls = kind === 'pool' ? 20_000 : 1_000;
const { gc } = globalThis as unknown as { gc(options?: { type: 'minor' }): void };
const manager = new ConnectionManager();
manager.addHttp('model', { origin: 'llm', circuit: {} });
const fetch = manager.getFetch({ name: 'model' });

const pool = manager.register('own', {
  open: async () => ({ ask: async () => 1 }),
  check: async () => undefined,
  close: async () => undefined,
});

async function call(times: number): Promise<void> {
  for (let left = times; left > 0; left--) {
    const { signal } = new AbortController();
    await (await fetch(url, { method: 'POST', body: '{}', signal })).json();
  }
}

async function use(times: number): Promise<void> {
  let left = times;
  const caller = async (): Promise<void> => {
    for (; left > 0; left--) await pool.use((resource) => resource.ask().then(() => turn()));
  };
  await Promise.all(Array.from({ length: 20 }, caller));
}

const measured = kind === 'pool' ? use : call;

function usedBytes(): number {
  gc({ type: 'minor' });
  return process.memoryUsage().heapUsed;
}

await measured(3_000);
gc();
const before = usedBytes();
await measured(calls);
process.stdout.write(String((usedBytes() - before) / calls));
await manager.closeAllConnections();
