// Asks a Redis that is frozen while the thread behind dies, then again when the Redis is awake.
import { rmSync, writeFileSync } from 'node:fs';
import { openSyncRedis } from '../../src/sync/sync.ts';

const [, , url = '', pid = ''] = process.argv;
const { CRASH_FILE: trigger = '' } = process.env;
// Longer than the test may take: the deadline is not what ends the call.
using redis = openSyncRedis({ url, commandTimeoutMs: 600_000 });
redis.set('key', 'value');
const seen: unknown[] = [];
for (const ask of [() => redis.get('key'), () => redis.incr('n')]) {
  process.kill(Number(pid), 'SIGSTOP');
  writeFileSync(trigger, '');
  try {
    seen.push(ask());
  } catch (error) {
    const { code, retryable } = error as { code: string; retryable: boolean };
    seen.push({ code, retryable });
  }
  rmSync(trigger);
  process.kill(Number(pid), 'SIGCONT');
  seen.push(redis.get('key'));
}
process.stdout.write(JSON.stringify(seen));
