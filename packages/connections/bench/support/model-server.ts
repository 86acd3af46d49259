// The servers of the benchmark of fetch, in a separate process: small responses, and streamed ones.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { jsonServer } from './json-server.ts';

/** The ports of the servers. */
export interface Ports {
  readonly json: number;
  readonly streams: number;
}

const chunk = 'x'.repeat(200);

const streams = createServer((request, response) => {
  if (request.url === '/tokens') {
    response.write(chunk);
    setImmediate(() => response.end(chunk));
    return;
  }
  let sent = 0;
  const more = (): void => {
    for (let index = 0; index < 10; index++) response.write(chunk);
    sent += 10;
    if (sent === 1_000) response.end();
    else setImmediate(more);
  };
  more();
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

// Ends with the process that started it.
process.once('disconnect', () => process.exit());
const ports: Ports = { json: await portOf(jsonServer()), streams: await portOf(streams) };
process.send?.(ports);
