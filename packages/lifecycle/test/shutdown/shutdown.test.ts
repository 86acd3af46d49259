import { createLifecycle } from '@map/lifecycle';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const never = () => new Promise<void>(() => undefined);

/** The output and the exit code of a shutdown that is not ok belong to the test. */
async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const { exitCode } = process;
  try {
    return await run();
  } finally {
    process.exitCode = exitCode;
  }
}

test('drain hooks run last first, then work in flight ends, then close and finish hooks run', async () => {
  const seen: string[] = [];
  const app = createLifecycle({ shutdownTimeoutMs: 1_000 });
  app.onShutdown('logs', () => seen.push('logs'), 'finish');
  app.onShutdown('telemetry', () => seen.push('telemetry'), 'finish');
  app.onShutdown('db', () => seen.push('db'), 'close');
  app.onShutdown('cache', () => seen.push('cache'), 'close');
  app.onShutdown('http', () => seen.push('http'));
  app.onShutdown('consumer', () => seen.push('consumer'));
  app.onShutdown('gone', () => seen.push('gone'))();
  const end = app.inFlight.begin('task', { onDraining: () => seen.push('draining') });
  const shutdown = app.shutdown('test');
  setTimeout(() => {
    seen.push('task');
    end();
  }, 20);
  const report = await shutdown;
  expect(seen).toEqual([
    'draining',
    'consumer',
    'http',
    'task',
    'cache',
    'db',
    'telemetry',
    'logs',
  ]);
  expect(report).toMatchObject({ ok: true, reason: 'test', notEnded: [] });
  expect(await app.ended).toBe(report);
});

test('a second call returns the first report, and a hook that comes too late is refused', async () => {
  const app = createLifecycle();
  const first = app.shutdown('one');
  expect(app.shutdown('two')).toBe(first);
  expect(() => app.onShutdown('late', () => undefined)).toThrow(/has begun/);
  expect((await first).reason).toBe('one');
  expect(await app.health.ready()).toMatchObject({ status: 'fail', reason: 'shutting down' });
});

test.each([{ signal: 'SIGTERM' }, new Error('closed'), null, 7])(
  'a reason that is not a string (%j) stops nothing and is not shown',
  async (reason) => {
    const app = createLifecycle();
    expect(await app.shutdown(reason as never)).toMatchObject({ ok: true, reason: 'call' });
  },
);

test('draining is aborted at once, so that streams and polling loops can stop', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 2_000, shutdownDelayMs: 20 });
  const stopped = new Promise((resolve) => app.draining.addEventListener('abort', resolve));
  const shutdown = app.shutdown();
  await stopped;
  expect(app.draining.reason).toMatchObject({
    code: 'TASK_INTERRUPTED_7007',
    message: 'A shutdown has begun (call).',
  });
  expect((await shutdown).endings[0]?.name).toBe('delay');
});

test('requests are served during the delay: hooks wait for it', async () => {
  const seen: string[] = [];
  const app = createLifecycle({ shutdownTimeoutMs: 2_000, shutdownDelayMs: 50 });
  app.onShutdown('http', () => seen.push('http'));
  const shutdown = app.shutdown();
  setTimeout(() => seen.push('request'), 5);
  await shutdown;
  expect(seen).toEqual(['request', 'http']);
});

test('a hanging hook is late, a failing one failed, and those after them still run', async () => {
  const seen: string[] = [];
  const app = createLifecycle({ shutdownTimeoutMs: 200 });
  app.onShutdown('last', () => seen.push('last'), 'finish');
  app.onShutdown('broken', () => Promise.reject(new Error('no')));
  app.onShutdown('polite', (signal) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  let reason: unknown;
  app.onShutdown('stuck', (signal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return never();
  });
  app.onShutdown('first', () => seen.push('first'));
  const report = await quietly(() => app.shutdown());
  expect(seen).toEqual(['first', 'last']);
  expect(report.ok).toBe(false);
  expect(report.notEnded).toEqual(['stuck', 'polite', 'broken']);
  expect(report.endings.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'first ended',
    'stuck late',
    'polite late',
    'broken failed',
    'tasks ended',
    'last ended',
  ]);
  expect(reason).toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
});

test('a hook that blocks the event loop beyond its limit is late, though it returns', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 100 });
  app.onShutdown('blocking', () => {
    const until = performance.now() + 250;
    while (performance.now() < until);
  });
  const report = await quietly(() => app.shutdown());
  expect(report).toMatchObject({ ok: false, notEnded: ['blocking'] });
  expect(report.endings[0]).toMatchObject({ status: 'late' });
  expect(report.endings[0]?.error).toMatch(/blocked the process for \d+ ms; its limit is \d+ ms/);
});

test('work that does not end is abandoned and named', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 60 });
  let told: unknown;
  const aborted = app
    .run('export', ({ signal }) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return never();
    })
    .catch((error) => error);
  app.inFlight.begin('ingest', {
    onDraining: () => {
      throw new Error('a broken listener does not matter');
    },
  });
  app.inFlight.begin('ingest');
  const report = await quietly(() => app.shutdown());
  expect(report.notEnded).toEqual(['tasks']);
  expect(report.endings[0]?.error).toContain('Still in flight: ingest ×2, export.');
  expect(await aborted).toMatchObject({
    code: 'TASK_INTERRUPTED_7007',
    retryable: true,
    httpStatus: 503,
    message: 'export was aborted by shutdown.',
  });
  expect(told).toBe(await aborted);
});

test('work that requests the shutdown does not wait for itself', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 5_000 });
  const begun = await app.run('POST /shutdown', () => app.shutdown('request'));
  expect(begun).toMatchObject({ ok: true, pending: true, reason: 'request' });
  const report = await app.shutdown();
  expect(report).toMatchObject({ ok: true, reason: 'request' });
  expect(report.durationMs).toBeLessThan(4_000);
});

test('a hook that awaits the shutdown does not wait for itself', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 5_000 });
  app.onShutdown('eager', () => app.shutdown());
  expect((await app.shutdown()).ok).toBe(true);
});

test('limits out of range are coded errors that name the option', () => {
  const wrong = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 5n as never, '5' as never];
  for (const shutdownTimeoutMs of wrong) {
    expect(() => createLifecycle({ shutdownTimeoutMs })).toThrow(
      /^`shutdownTimeoutMs` must be a number of milliseconds from 1 to 2147483647, got /,
    );
  }
  for (const shutdownDelayMs of [-1, 501, Number.NaN, 5n as never]) {
    expect(() => createLifecycle({ shutdownTimeoutMs: 1_000, shutdownDelayMs })).toThrow(
      '`shutdownDelayMs` must be 0 to half of the shutdown limit (1000 ms), got',
    );
  }
  const app = createLifecycle();
  expect(() => app.limitShutdown({ shutdownTimeoutMs: 0 })).toThrow(/shutdownTimeoutMs/);
  expect(() => app.onShutdown('x', () => 1, 'after' as never)).toThrow(/drain, close, finish/);
  expect(() => app.onShutdown('x', 7 as never)).toThrow(/must be a function, got 7/);
});

test('every hook runs once and in order, whatever the others do', async () => {
  const kind = fc.constantFrom('ends', 'throws', 'rejects', 'hangs');
  await quietly(() =>
    fc.assert(
      fc.asyncProperty(fc.array(kind, { maxLength: 5 }), async (kinds) => {
        const app = createLifecycle({ shutdownTimeoutMs: 15 });
        const seen: number[] = [];
        for (const [index, kind] of [...kinds.entries()].reverse()) {
          app.onShutdown(String(index), () => {
            seen.push(index);
            if (kind === 'throws') throw new Error('thrown');
            if (kind === 'rejects') return Promise.reject(new Error('rejected'));
            return kind === 'hangs' ? never() : undefined;
          });
        }
        const { endings } = await app.shutdown();
        expect(seen).toEqual(kinds.map((_, index) => index));
        const expected = { ends: 'ended', throws: 'failed', rejects: 'failed', hangs: 'late' };
        expect(endings.slice(0, -1).map(({ status }) => status)).toEqual(
          kinds.map((each) => expected[each]),
        );
      }),
      { numRuns: 10 },
    ),
  );
});

test('the report has no secret of a reason, a hook or work in flight', async () => {
  const app = createLifecycle({ shutdownTimeoutMs: 60 });
  app.onShutdown('redis://app:planted-1@h/', () => {
    throw new Error('password=planted-2 is wrong');
  });
  app.onShutdown('plain', () => Promise.reject({ message: 'no', api_key: 'planted-3' }));
  app.inFlight.begin('fetch https://api.example.com/?key=planted-4');
  const report = await quietly(() => app.shutdown('token=planted-5'));
  expect(report.reason).toBe('token=**********');
  expect(report.notEnded).toContain('redis://app:**********@h/');
  expect(JSON.stringify(report)).toContain('api.example.com/?key=**********');
  expect(JSON.stringify(report)).not.toContain('planted');
});

test.each([undefined, null, 5, Symbol('a'), {}])(
  'the name %s of a hook, a check or a piece of work is refused at once',
  async (given) => {
    const name = given as never;
    const app = createLifecycle();
    const refused = expect.objectContaining({
      code: 'CONFIG_INVALID_3002',
      details: { option: 'name' },
    });
    expect(() => app.onShutdown(name, () => undefined)).toThrow(refused);
    expect(() => app.health.register(name, () => true)).toThrow(refused);
    expect(() => app.inFlight.begin(name)).toThrow(refused);
    await expect(app.run(name, () => undefined)).rejects.toEqual(refused);
    expect(await app.shutdown()).toMatchObject({ ok: true });
  },
);

test('a logger that throws fails neither the start nor the shutdown', async () => {
  const fail = () => {
    throw new Error('The logger is closed.');
  };
  const app = createLifecycle({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
  expect(await app.start([{ name: 'a', run: () => undefined }])).toMatchObject([{ name: 'a' }]);
  expect(await app.shutdown()).toMatchObject({ ok: true });
});

// Vitest fails for a rejection that nothing handles, as Node ends a process for it.
test('a logger and listeners that reject fail neither the start nor the shutdown', async () => {
  const fail = async () => {
    throw new Error('The logger is closed.');
  };
  const app = createLifecycle({
    shutdownTimeoutMs: 60,
    logger: { debug: fail, info: fail, warn: fail, error: fail },
  });
  app.inFlight.begin('ingest', { onDraining: fail, onAbandoned: fail });
  const report = await quietly(async () => {
    await app.start([{ name: 'a', run: () => undefined }]);
    const ended = await app.shutdown();
    await new Promise((resolve) => setImmediate(resolve));
    return ended;
  });
  expect(report.notEnded).toEqual(['tasks']);
});

test.each([5, null, {}, { info: () => undefined }])('the logger %j is refused', (logger) => {
  expect(() => createLifecycle({ logger: logger as never })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID_3002', details: { option: 'logger' } }),
  );
});
