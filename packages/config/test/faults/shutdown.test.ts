import { expect, test } from 'vitest';
import { startService } from '../support/service.ts';

test.each([
  ['hook', 'stuck hook'],
  ['task', 'tasks'],
])('a %s that hangs is abandoned, named, and the exit code is not 0', async (hang, name) => {
  const { child } = await startService({ HANG: hang, SHUTDOWN_TIMEOUT: '8s' });
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(1);
  expect(child.stderr).toMatch(new RegExp(`did not end (.*, )?${name}`));
  // Later steps have still run, in order.
  expect(child.records.some(({ what }) => what === 'database closed')).toBe(true);
  expect(child.records.map(({ message }) => message)).toContain('Shutdown ends');
});

test('a second signal ends it at once and says what was being ended', async () => {
  const { child } = await startService({ HANG: 'task', SHUTDOWN_TIMEOUT: '60s' });
  child.kill('SIGINT');
  await child.waitFor(/Shutdown begins/);
  await new Promise((resolve) => setTimeout(resolve, 1_400));
  child.kill('SIGINT');
  expect((await child.ended).code).toBe(130);
  expect(child.stderr).toBe('Second SIGINT: exiting at once, while ending tasks (task stuck).\n');
});

test('by call, what does not end is in the report, and the exit code is not 0', async () => {
  const { child } = await startService({ THROW: 'call', HANG: 'hook', SHUTDOWN_TIMEOUT: '8s' });
  expect((await child.ended).code).toBe(1);
  const { report } = child.records.find(({ what }) => what === 'report') as {
    report: Record<string, unknown>;
  };
  expect(report).toMatchObject({ ok: false, notEnded: ['stuck hook'] });
  expect(child.stderr).toMatch(/^Shutdown \(test\) did not end stuck hook\./);
});
