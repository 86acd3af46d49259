import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '@map/lifecycle';
import { expect, test } from 'vitest';

async function serve(listener: Parameters<typeof createServer>[1]) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a request under way is answered, kept-alive connections do not hold it up', async () => {
  const { server, port } = await serve((_request, response) => {
    setTimeout(() => response.end('served'), 50);
  });
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise<string>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (answer) => {
      answer.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });
  await once(server, 'request');
  const closed = closeServer(server);
  expect(await answered).toBe('served');
  await closed;
  agent.destroy();
  expect(server.listening).toBe(false);
});

test('the signal cuts off what does not end', async () => {
  const { server, port } = await serve(() => undefined);
  const request = get({ port, host: '127.0.0.1' });
  const failed = once(request, 'error');
  await once(server, 'request');
  const controller = new AbortController();
  const closed = closeServer(server, controller.signal);
  controller.abort();
  await closed;
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});

test('a server that does not run is closed already', async () => {
  await closeServer(createServer());
});
