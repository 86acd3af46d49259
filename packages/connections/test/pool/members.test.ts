import { expect, onTestFinished, test, vi } from 'vitest';
import { Members } from '../../src/pool/members.ts';

test('the sweep of idle members does not end with the fake timers of a test', async () => {
  const swept: unknown[] = [];
  const limits = { idleTimeoutMs: 20, maxLifetimeMs: 60_000 };
  const members: Members<string> = new Members(limits, (member) => {
    members.remove(member);
    swept.push(member.opened);
  });
  onTestFinished(() => {
    members.stop();
    vi.useRealTimers();
  });
  const [first, second] = ['first', 'second'].map((resource) =>
    members.add({ resource, dead: false, failed: false, onLost: undefined }),
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  if (first !== undefined) members.putIdle(first);
  vi.useRealTimers();
  if (second !== undefined) members.putIdle(second);
  await expect.poll(() => swept, { timeout: 20_000 }).toHaveLength(2);
});
