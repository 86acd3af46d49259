import { expect, test } from 'vitest';
import type { Child } from '../support/child.ts';
import { startService } from '../support/service.ts';

test.concurrent('after a signal the application says its last words and chooses its exit code', async () => {
  const { child } = await startService({ LAST_WORDS: '3' });
  child.kill('SIGINT');
  expect((await child.ended).code).toBe(3);
  expect(child.records.some(({ what }) => what === 'last words')).toBe(true);
});

test.concurrent('without a delay, every request that reached the service is answered', async () => {
  const { child, port } = await startService();
  const { counts, done } = load(port);
  await until(() => counts.answered > 10);
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
  await done;
  const closed = child.records.find(({ what }) => what === 'database closed');
  expect(counts.answered).toBeGreaterThan(0);
  expect(closed?.['served']).toBe(counts.answered);
});

/**
 * Requests one after the other on kept-alive connections, until the service is gone, or, behind a
 * load balancer that looks at readiness, until that sends no more.
 */
function load(port: number, balancer: { open: boolean } = { open: true }, clients = 8) {
  const counts = { answered: 0, refused: 0, broken: 0 };
  const client = async () => {
    while (balancer.open) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/`);
        if ((await response.text()) === 'served') counts.answered += 1;
        else counts.broken += 1;
      } catch (error) {
        const code = ((error as Error).cause as { code?: string } | undefined)?.code;
        if (code === 'ECONNREFUSED') {
          counts.refused += 1;
          return;
        }
        counts.broken += 1;
        return;
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return { counts, done };
}

/** Resolves once a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Closes itself when the service is not ready any more. */
function balancerOf(metrics: string): { open: boolean } {
  const balancer = { open: true };
  const timer = setInterval(async () => {
    const ready = await fetch(`${metrics}/ready`).catch(() => undefined);
    if (ready?.status === 200) return;
    balancer.open = false;
    clearInterval(timer);
  }, 20);
  return balancer;
}

function messages(child: Child): unknown[] {
  return child.records.map(({ message }) => message);
}

test.concurrent('under load, every request, task and log line that was begun is ended, and the exit code is 0', async () => {
  const { child, port, metrics } = await startService({ DELAY_MS: '4000' });
  const { counts, done } = load(port, balancerOf(metrics));
  await until(() => counts.answered > 10);
  child.kill('SIGTERM');
  const { code } = await child.ended;
  await done;
  const closed = child.records.find(({ what }) => what === 'database closed');
  const logged = child.records.filter(({ line }) => line !== undefined).length;
  expect(code).toBe(0);
  expect(counts.answered).toBeGreaterThan(0);
  expect(counts.broken).toBe(0);
  expect(closed?.['served']).toBe(counts.answered);
  expect(closed?.['tasks']).toBeGreaterThan(0);
  // The database's hook is of phase `close`: everything was done before it ran.
  expect(logged).toBe(closed?.['lines']);
  expect(child.stderr).toBe('');
});

test.concurrent('readiness goes false first, and traffic is served during the delay', async () => {
  const { child, port, metrics } = await startService({ DELAY_MS: '4000' });
  expect((await fetch(`${metrics}/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  await child.waitFor(/Shutdown begins/);
  const ready = await fetch(`${metrics}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: 'fail', reason: 'shutting down' });
  expect((await fetch(`${metrics}/health`)).status).toBe(200);
  const served = await fetch(`http://127.0.0.1:${port}/`);
  expect(await served.text()).toBe('served');
  expect(served.headers.get('connection')).toBe('close');
  expect((await child.ended).code).toBe(0);
});

test.concurrent('handles that the application left open do not keep the process', async () => {
  const { child } = await startService({ HANG: 'handle' });
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
});

test.concurrent.each([
  ['exception', 'Uncaught exception', 'nobody catches this'],
  ['rejection', 'Unhandled rejection', 'nobody awaits this'],
])('an uncaught %s is logged, shuts down in order and exits 1', async (kind, message, text) => {
  const { child } = await startService({ THROW: kind });
  expect((await child.ended).code).toBe(1);
  const line = child.records.find((record) => record['message'] === message);
  expect(line).toMatchObject({
    level: 'CRITICAL',
    module: 'service',
    error_message: text,
    original_stack: expect.stringContaining('service.ts:'),
  });
  expect(child.records.some(({ what }) => what === 'database closed')).toBe(true);
  expect(messages(child)).toContain('Shutdown ends');
});

test.concurrent.each([
  ['thrown', 'object', 'Uncaught exception'],
  ['rejected with', 'object rejection', 'Unhandled rejection'],
])(
  'a plain object that is %s is logged with its content, without a caller',
  async (_, kind, text) => {
    const { child } = await startService({ THROW: kind });
    expect((await child.ended).code).toBe(1);
    const line = child.records.find(({ message }) => message === text);
    expect(line).toMatchObject({ thrown: { status: 429, password: '**********' } });
    expect(line).not.toHaveProperty('module');
  },
);

test.concurrent('by call: the report tells each ending, and the process ends by itself', async () => {
  const { child } = await startService({ THROW: 'call' });
  expect((await child.ended).code).toBe(0);
  const { report } = child.records.find(({ what }) => what === 'report') as {
    report: { ok: boolean; reason: string; endings: { name: string; status: string }[] };
  };
  expect(report).toMatchObject({ ok: true, reason: 'test' });
  expect(report.endings.map(({ name }) => name)).toEqual([
    'worker',
    'http server',
    'tasks',
    'database',
    'connections',
    'metrics server',
    'telemetry',
    'logs',
  ]);
});
