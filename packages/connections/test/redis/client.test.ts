import * as redis from '@redis/client';
import { expect, test } from 'vitest';
import { clientFactory } from '../../src/redis/client.ts';

const classOf = (client: object): unknown => Object.getPrototypeOf(client);

test('clients with different options share one class, which is expensive to build', () => {
  const first = clientFactory(redis, {})({ socket: { host: 'localhost', port: 1 }, database: 1 });
  const second = clientFactory(
    redis,
    {},
  )({ socket: { host: 'localhost', port: 2 }, name: 'second' });
  expect(classOf(second)).toBe(classOf(first));
  expect(second).not.toBe(first);
  expect(classOf(first)).toMatchObject({ get: expect.any(Function), set: expect.any(Function) });
});
