import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConnectionManager } from '../../../src/index.ts';
import { commandTraits } from '../../../src/redis/commands.ts';
import { plainCommands } from '../../../src/redis/plain-commands.ts';

type Client = Record<string, (...args: unknown[]) => Promise<unknown>>;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** The results of some calls, and the commands that the server receives. */
async function observed(calls: () => Promise<unknown>): Promise<{ sent: string[]; got: unknown }> {
  const watcher = createClient({ url: server.url });
  await watcher.connect();
  const sent: string[] = [];
  await watcher.monitor((line) => {
    const words = line.toString().replace(/^.*?\] /, '');
    if (!words.startsWith('"CLIENT"') && !words.startsWith('"HELLO"')) sent.push(words);
  });
  const got = await calls();
  await expect.poll(() => sent.at(-1)).toBe('"PING"');
  watcher.destroy();
  return { sent, got };
}

/** A key whose value has the type that the command is for. */
function keyFor(name: string): string {
  if (/^h/.test(name)) return 'hash';
  if (/^z/.test(name)) return 'sorted';
  if (/^(sCard|sAdd|sRem|sIsMember)$/.test(name)) return 'set';
  return /^[lr](Len|Pop|Push)$/.test(name) ? 'list' : '7';
}

/** Calls every plain command, with and without success, and types replies differently at times. */
async function callAll(client: Client, types: object): Promise<unknown[]> {
  const got: unknown[] = [];
  const typed = client['withTypeMapping']?.(types) as unknown as Client;
  for (const [name, count] of plainCommands) {
    await client['flushDb']?.();
    await client['hSet']?.('hash', { b: 'text', '': '' });
    await client['sAdd']?.('set', ['b', '']);
    await client['rPush']?.('list', ['b', 'c', 'é']);
    await client['zAdd']?.('sorted', { score: 1, value: 'b' });
    await client['set']?.('7', '41', { EX: 1000 });
    const args = [keyFor(name), 'b', 'c'].slice(0, count);
    for (const redis of [client, typed]) {
      const replies = [
        await redis[name]?.(...args).catch(String),
        await redis[name]?.(...args).catch(String),
        await redis[name]?.(...['none', 'b', 'c'].slice(0, count)).catch(String),
        await redis[name]?.(...['', '', ''].slice(0, count)).catch(String),
      ];
      got.push([name, ...replies]);
    }
  }
  await client['ping']?.();
  return got;
}

test('plain commands send and answer what the methods of the library do', async () => {
  const types = { 36: Buffer, 58: String };
  const bare = createClient({ url: server.url, commandOptions: { timeout: 0 } });
  await bare.connect();
  const theirs = await observed(() => callAll(bare as never, types));
  bare.destroy();
  const manager = new ConnectionManager({ redis: { url: server.url } });
  const redis = await manager.getRedisConnection();
  const ours = await observed(() => callAll(redis as never, types));
  await manager.closeAllConnections();
  // Lifetimes in milliseconds pass by between two calls.
  const exact = (got: unknown): unknown => {
    return (got as unknown[][]).map(([name, ...replies]) =>
      name === 'pTTL' ? [name, ...replies.map((reply) => Number(reply) > 0)] : [name, ...replies],
    );
  };
  expect(theirs.sent.length).toBeGreaterThan(plainCommands.size * 8);
  expect(ours.sent).toEqual(theirs.sent);
  for (const name of plainCommands.keys()) {
    expect(commandTraits(name)).toMatchObject({ blocking: false, stateful: false });
  }
  expect(exact(ours.got)).toEqual(exact(theirs.got));
});

test('arguments of other kinds, and what is wrong, reach the method of the library', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url } });
  const redis = await manager.getRedisConnection();
  expect(await redis.set('count', 7)).toBe('OK');
  expect(await redis.set('count', 'x', { NX: true })).toBeNull();
  expect(await redis.get(Buffer.from('count'))).toBe('7');
  expect(await redis.del(['count', 'absent'])).toBe(1);
  expect(await redis.hSet('numbers', 'n', 1)).toBe(1);
  expect(await redis.lPush('many', ['a', 'b'])).toBe(2);
  const wrong = redis as unknown as Client;
  await expect(wrong['get']?.()).rejects.toThrow();
  await expect(wrong['set']?.('count')).rejects.toThrow();
  await expect(wrong['get']?.({})).rejects.toThrow();
  await expect(redis.get('numbers')).rejects.toThrow('WRONGTYPE');
  await manager.closeAllConnections();
});

test('a listener for replies is notified of plain commands, too', async () => {
  const heard: unknown[] = [];
  const listen = (message: unknown): void => {
    heard.push((message as { args: unknown[] }).args[0]);
  };
  const manager = new ConnectionManager({ redis: { url: server.url } });
  const redis = await manager.getRedisConnection();
  await redis.get('key');
  subscribe('node-redis:command:reply', listen);
  await redis.get('key');
  await redis.set('key', 'value');
  unsubscribe('node-redis:command:reply', listen);
  await redis.get('key');
  await manager.closeAllConnections();
  expect(heard).toEqual(['GET', 'SET']);
});
