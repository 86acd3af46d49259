// A script that does not close what it opened: it must still end.
import { openSyncRedis } from '../../src/sync/sync.ts';

const redis = openSyncRedis({
  url: process.argv[2] ?? '',
  commandTimeoutMs: 30_000,
  connectTimeoutMs: 30_000,
});
redis.set('key', 'value');
process.stdout.write(`${redis.get('key')}\n`);
