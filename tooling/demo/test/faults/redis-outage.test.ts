import { expect, test } from 'vitest';
import { ownRedis, startDemo } from '../child.ts';

test('killing its Redis in the middle ends in coded errors and exit code 1', async () => {
  const demo = await startDemo(['--tasks', '2000'], {
    // Meant for another Redis, not for the private one.
    REDIS_PASSWORD: 'of-another-redis',
  });
  const [, pid] = await demo.prints(/a private one at 127\.0\.0\.1:\d+, pid (\d+)/);
  await demo.prints(/^ \d\d%/m);
  process.kill(Number(pid), 'SIGKILL');
  expect(await demo.ended()).toBe(1);
  expect(demo.output).toMatch(/^Ended +(REDIS_UNAVAILABLE_9101|CONNECTION_\w+_900\d): /m);
  expect(demo.output).toMatch(/ (REDIS|CONNECTION)_\w+_9\d{3} +\d+$/m);
  expect(demo.output).toMatch(/\d+ of 2,\d+ tasks done/);
});

test('bears with a Redis that cuts off all connections and stands still for a second', async () => {
  const redis = await ownRedis();
  const demo = await startDemo(['--tasks', '300', '--redis', redis.url]);
  await demo.prints(/^ \d\d%/m);
  for (const part of [/^ [3-9]\d%/m, /^ [5-9]\d%/m]) {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await demo.prints(part);
  }
  redis.pause();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  redis.resume();
  expect(await demo.ended(), demo.output).toBe(0);
  expect(demo.output).toMatch(/(\d+) of \1 done/);
  expect(await redis.command('DBSIZE')).toContain(':0');
});

test('a Redis that comes back empty has lost the tasks, which ends the run', async () => {
  const redis = await ownRedis();
  const demo = await startDemo(['--tasks', '300', '--redis', redis.url]);
  await demo.prints(/^ \d\d%/m);
  await redis.kill();
  await redis.restart();
  expect(await demo.ended(), demo.output).toBe(1);
  expect(demo.output).toMatch(/^Ended +TASK_NOT_FOUND_7001: \d+ tasks are in no queue any more/m);
});
