import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../src/index.ts';

let echo: Server;
let proxy: FaultProxy;

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const address = echo.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  proxy = await startFaultProxy({ port: address.port });
});

afterEach(async () => {
  await proxy.stop();
  echo.close();
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  // Resets are what these tests provoke; those that matter are awaited.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function answer(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  return String(data);
}

test('bytes pass unchanged, also in delayed pieces', async () => {
  const socket = await open();
  expect(await answer(socket, 'pear')).toBe('pear');
  proxy.set({ latencyMs: 5, pieceBytes: 3 });
  socket.write('a whole basket of pears');
  let whole = '';
  for await (const chunk of socket) {
    whole += String(chunk);
    if (whole.length === 23) break;
  }
  expect(whole).toBe('a whole basket of pears');
  expect(proxy.accepted).toBe(1);
});

test('a black hole does not answer until it is healed', async () => {
  proxy.set({ blackhole: true });
  const socket = await open();
  let heard = '';
  socket.on('data', (data) => {
    heard += String(data);
  });
  socket.write('lost');
  await expect.poll(() => proxy.swallowedBytes).toBe(4);
  proxy.set({});
  expect(await answer(socket, 'found')).toBe('found');
  expect(heard).toBe('found');
});

test('cut, refuse and a byte limit reset connections', async () => {
  const first = await open();
  await answer(first, 'x');
  const reset = once(first, 'error');
  proxy.cut();
  expect((await reset)[0]).toMatchObject({ code: 'ECONNRESET' });
  await expect.poll(() => proxy.connections).toBe(0);

  proxy.set({ cutAfterBytes: 4 });
  const second = await open();
  second.write('12345678');
  expect((await once(second, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });

  proxy.set({ refuse: true });
  const third = connect(proxy.port, '127.0.0.1');
  expect((await once(third, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
});
