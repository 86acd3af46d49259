// Prints the bytes that an observed request leaves in old space. Needs --expose-gc, a heap that is
// never collected whole, and no marking meanwhile.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getHeapSpaceStatistics } from 'node:v8';
import { observeHttpServer } from '../../src/http.ts';

const server = createServer((_request, response) => {
  response.write('some ');
  response.end('text');
});
observeHttpServer(server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const agent = new Agent({ keepAlive: true });

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ port, agent }, (response) => {
      response.resume();
      response.on('end', resolve);
    }).on('error', reject);
  });
}

function oldBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return space?.space_used_size ?? Number.NaN;
}

const requests = 5_000;
for (let done = 0; done < 1_000; done++) await ask();
globalThis.gc?.();
const before = oldBytes();
for (let done = 0; done < requests; done++) await ask();
process.stdout.write(String(Math.round((oldBytes() - before) / requests)));
agent.destroy();
server.close();
