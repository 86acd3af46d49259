// Prints how many bytes a call of fetch leaves for a full garbage collection.
import { ConnectionManager } from '../../src/index.ts';

const calls = 1_000;
const [, , url = ''] = process.argv;
const { gc } = globalThis as unknown as { gc(options?: { type: 'minor' }): void };
const manager = new ConnectionManager();
manager.addHttp('model', { origin: 'llm', circuit: {} });
const fetch = manager.getFetch({ name: 'model' });

async function call(times: number): Promise<void> {
  for (let left = times; left > 0; left--) {
    const { signal } = new AbortController();
    await (await fetch(url, { method: 'POST', body: '{}', signal })).json();
  }
}

function usedBytes(): number {
  gc({ type: 'minor' });
  return process.memoryUsage().heapUsed;
}

await call(3_000);
gc();
const before = usedBytes();
await call(calls);
process.stdout.write(String((usedBytes() - before) / calls));
await manager.closeAllConnections();
