import type { RedisClientType } from '@redis/client';
import type json from '@redis/json';
import type pg from 'pg';
import { ConnectionManager } from '../../src/index.ts';
import type { SyncRedis } from '../../src/sync/sync.ts';

const manager = new ConnectionManager();

// The whole command set of node-redis is typed, that of modules too.
export const value: Promise<string | null> = manager.redisConnection((redis) => redis.get('key'));
export const count: Promise<number> = manager.redisConnection((redis) =>
  redis.hSet('hash', { field: 'value' }),
);
export const document: Promise<unknown> = manager.redisConnection(
  (redis: RedisClientType<{ json: typeof json.default }>) => redis.json.get('doc'),
);
// @ts-expect-error without its module there is no such member
void manager.redisConnection((redis) => redis.json.get('doc'));
// @ts-expect-error a value is a string or null
export const wrong: Promise<number> = manager.redisConnection((redis) => redis.get('key'));
// @ts-expect-error there is no such command
void manager.redisConnection((redis) => redis.noSuchCommand());

// got's whole interface stays.
export const body: Promise<{ id: number }> = manager.httpSession((http) =>
  http.get('https://example.test').json<{ id: number }>(),
);

// A registered connection is typed as what it opens.
declare const client: pg.Client;
const database = manager.register('postgres', {
  open: async () => client,
  close: (one) => one.end(),
});
void database.use((one) => one.query('SELECT 1'));
// @ts-expect-error a client of PostgreSQL has no such method
void database.use((one) => one.noSuchMethod());
// @ts-expect-error close gets what open gives
manager.register('numbers', { open: async () => 1, close: async (one: string) => one });

// Without promises, answers are there at once.
export function script(redis: SyncRedis): string | null {
  redis.set('key', 'value');
  return redis.get('key');
}
