import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatherWrites } from '../../../src/queue/client/gathered-writes.ts';

let server: Server;
let client: Socket;
let accepted: Socket;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection');
  client = gatherWrites(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  [accepted] = (await connection) as [Socket];
});

afterEach(() => {
  client.destroy();
  accepted.destroy();
  server.close();
});

test('writes that follow from data wait for each other, over all promises', async () => {
  const held: number[] = [];
  client.once('data', async () => {
    for (const word of ['one ', 'two ', 'three']) {
      await undefined;
      client.write(word);
      held.push(client.writableLength);
    }
  });
  accepted.write('reply');
  await once(client, 'data');
  await turn();
  expect(held).toEqual([4, 8, 13]);
  expect(client.writableCorked).toBe(0);

  // Others leave at once.
  client.end(' four');
  expect(await text(accepted)).toBe('one two three four');
});

test('a socket that is closed in response to data sends first what it holds', async () => {
  client.once('data', () => {
    client.write('one ');
    client.write('two');
    client.end();
  });
  accepted.write('reply');
  expect(await text(accepted)).toBe('one two');
});
