import { expect, test } from 'vitest';
import { ownRedis, startDemo } from '../child.ts';
import { scraped } from '../summary.ts';

test('--processes works in other processes, and outlives one that is killed', async () => {
  const redis = await ownRedis();
  const args = ['--tasks', '200', '--processes', '3', '--redis', redis.url];
  const demo = await startDemo(args);
  await demo.prints(/^ \d\d%/m);
  const working = async () => (await demo.log()).filter(({ agent_id }) => agent_id === 'worker-2');
  while ((await working()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const started = (await demo.log()).filter(({ message }) => message === 'Process works');
  expect(started).toHaveLength(3);
  const killed = started[1]?.['pid'];
  process.kill(Number(killed), 'SIGKILL');
  expect(await demo.ended(), demo.output).toBe(0);
  expect(demo.output).toMatch(/(\d+) of \1 done/);
  expect(demo.output).toMatch(/^Ended +every task done, every connection closed in /m);
  expect(scraped(demo.output, 'tasks_completed_total')).toBeGreaterThan(0);
  expect(await redis.command('DBSIZE')).toContain(':0');
});

test('--processes: SIGINT ends all of them and leaves no key behind', async () => {
  const redis = await ownRedis();
  const demo = await startDemo(['--tasks', '2000', '--processes', '2', '--redis', redis.url]);
  await demo.prints(/^ \d\d%/m);
  demo.child.kill('SIGINT');
  expect(await demo.ended()).toBe(1);
  expect(demo.output).toMatch(/^Ended +OPERATION_CANCELLED_1003: Ended by SIGINT\./m);
  expect(await redis.command('DBSIZE')).toContain(':0');
});
