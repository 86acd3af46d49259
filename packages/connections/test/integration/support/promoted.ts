// Prints the bytes that a request leaves in old space, by got and by our client. Needs --expose-gc,
// a heap that is never collected whole, and no marking meanwhile.
import { Agent } from 'node:http';
import { getHeapSpaceStatistics } from 'node:v8';
import bareGot from 'got';
import { ConnectionManager } from '../../../src/index.ts';
import { serve } from './http-server.ts';

const server = await serve((_request, response) => {
  response.end('{"ok":true}');
});
const manager = new ConnectionManager();
const client = await manager.getHttpClient();
const agent = new Agent({ keepAlive: true });
const got = bareGot.extend({ agent: { http: agent } });

function oldBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return space?.space_used_size ?? Number.NaN;
}

async function promotedBytes(get: () => Promise<unknown>): Promise<number> {
  const requests = 2_000;
  const go = async (count: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let done = 0; done < count; done += 10) await get();
      }),
    );
  };
  await go(500);
  globalThis.gc?.();
  const before = oldBytes();
  await go(requests);
  return Math.round((oldBytes() - before) / requests);
}

process.stdout.write(
  JSON.stringify({
    ours: await promotedBytes(() => client.get(server.url).json()),
    got: await promotedBytes(() => got.get(server.url).json()),
  }),
);
await manager.closeAllConnections();
agent.destroy();
await server[Symbol.asyncDispose]();
