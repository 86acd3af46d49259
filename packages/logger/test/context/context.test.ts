import { EventEmitter } from 'node:events';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerSecrets } from '@map/redaction';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bindContext,
  type CapturedLogs,
  captureLogs,
  getContext,
  getLogger,
  getLoggerWithContext,
  LogContext,
  runWithContext,
  setupLogging,
} from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('test');

beforeEach(() => {
  setupLogging({ caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

describe('a context', () => {
  it('is on every line below it, and only there', async () => {
    await runWithContext({ trace_id: 'unique-trace-123', task_id: 'task-456' }, async () => {
      logger.info('at once');
      await sleep(1);
      logger.info('after an await');
    });
    logger.info('outside');
    const [first, second, outside] = logs.entries;
    expect(first).toMatchObject({ trace_id: 'unique-trace-123', task_id: 'task-456' });
    expect(second).toMatchObject({ trace_id: 'unique-trace-123', task_id: 'task-456' });
    expect(outside).not.toHaveProperty('task_id');
    expect(outside?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('survives timers, streams and listeners that it calls', async () => {
    const emitter = new EventEmitter();
    await runWithContext({ trace_id: 't' }, async () => {
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          logger.info('timer');
          setImmediate(() => {
            logger.info('immediate');
            process.nextTick(() => {
              logger.info('tick');
              resolve();
            });
          });
        }, 1);
      });
      const shout = new Transform({
        objectMode: true,
        transform(chunk, _encoding, done) {
          logger.info(`stream ${chunk}`);
          done(null, chunk);
        },
      });
      await pipeline(Readable.from(['a', 'b']), shout, async (source) => {
        for await (const chunk of source) logger.info(`read ${chunk}`);
      });
      emitter.once('go', () => logger.info('emitted'));
      emitter.emit('go');
    });
    expect(logs.entries).toHaveLength(8);
    expect(new Set(logs.entries.map((entry) => entry.trace_id))).toEqual(new Set(['t']));
  });

  it.each([5, null, undefined, '', {}, [], Symbol('x'), 1n])(
    'refuses %s where a function belongs, at once',
    (nothing) => {
      const refused = expect.objectContaining({ code: 'LOGGING_OPTION_INVALID', option: 'fn' });
      expect(() => bindContext(nothing as never)).toThrow(refused);
      expect(() => runWithContext({}, nothing as never)).toThrow(refused);
    },
  );

  it('is bound by bindContext to a function with as many parameters as the given one', () => {
    const onError = (_error: Error, _request: object, _response: object, _next: () => void) => 4;
    expect(bindContext(onError)).toHaveLength(4);
    expect(bindContext(() => 0)).toHaveLength(0);
  });

  it('is bound to a listener by bindContext, for every emitter, and in no other way', () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    runWithContext({ trace_id: 'listener', task_id: 't1' }, () => {
      emitter.on('go', () => logger.info('unbound'));
      emitter.on(
        'go',
        bindContext(function (this: unknown, value: number) {
          seen.push(this, value);
          logger.info('bound');
        }),
      );
    });
    const outside = bindContext(() => getContext());
    runWithContext({ trace_id: 'emitter' }, () => {
      emitter.emit('go', 5);
      expect(outside()).toBeUndefined();
    });
    expect(logs.entries).toMatchObject([
      { message: 'unbound', trace_id: 'emitter' },
      { message: 'bound', trace_id: 'listener', task_id: 't1' },
    ]);
    expect(seen).toEqual([emitter, 5]);
  });

  it('nests: inner fields win, the outer trace continues', () => {
    runWithContext({ trace_id: 't', task_id: 'outer', tenant: 'a' }, () => {
      runWithContext({ task_id: 'inner', agent_id: 'planner' }, () => logger.info('inner'));
      logger.info('outer');
    });
    expect(logs.entries[0]).toMatchObject({
      trace_id: 't',
      task_id: 'inner',
      agent_id: 'planner',
      tenant: 'a',
    });
    expect(logs.entries[1]).toMatchObject({ trace_id: 't', task_id: 'outer' });
    expect(logs.entries[1]).not.toHaveProperty('agent_id');
  });

  it('keeps a thousand concurrent ones apart', async () => {
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        runWithContext({ trace_id: `t${index}` }, async () => {
          await sleep(Math.random() * 5);
          logger.info('work', { index });
          await Promise.resolve();
          logger.info('more work', { index });
        }),
      ),
    );
    expect(logs.entries).toHaveLength(2000);
    expect(logs.entries.filter((entry) => entry.trace_id !== `t${entry['index']}`)).toEqual([]);
  });

  it('gives the call precedence over the bound, the bound over the context: one key each', () => {
    const bound = getLoggerWithContext('test', { a: 'bound', b: 'bound', agent_id: 'bound' });
    runWithContext({ a: 'context', b: 'context', c: 'context', agent_id: 'context' }, () => {
      bound.info('all', { a: 'call' });
      bound.info('ids', { agent_id: 'call', task_id: 'call', trace_id: 'call' });
    });
    const [all, ids] = logs.lines;
    expect(logs.entries[0]).toMatchObject({
      a: 'call',
      b: 'bound',
      c: 'context',
      agent_id: 'bound',
    });
    expect(logs.entries[1]).toMatchObject({ agent_id: 'call', task_id: 'call', trace_id: 'call' });
    for (const line of [all, ids]) {
      const keys = [...(line ?? '').matchAll(/[{,]"(\w+)":/g)].map(([, key]) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('returns what the function returns, and is gone when it throws', () => {
    expect(runWithContext({ a: 1 }, () => 5)).toBe(5);
    expect(() =>
      runWithContext({ a: 1 }, () => {
        throw new Error('out');
      }),
    ).toThrow('out');
    expect(getContext()).toBeUndefined();
  });

  it('does not follow changes to the object it was made of', () => {
    const fields = { step: 1 };
    runWithContext(fields, () => {
      fields.step = 2;
      logger.info('now');
    });
    expect(logs.entries[0]).toMatchObject({ step: 1 });
  });

  it('is one and the same for a second copy of the package', async () => {
    const copy = (await import(
      '../../src/context/context.ts?copy' as string
    )) as typeof import('../../src/context/context.ts');
    expect(copy.runWithContext).not.toBe(runWithContext);
    copy.runWithContext({ trace_id: 'shared' }, () => logger.info('through the other copy'));
    expect(logs.entries[0]).toMatchObject({ trace_id: 'shared' });
  });
});

describe('a logger with context', () => {
  it('has the same context on all lines', () => {
    const bound = getLoggerWithContext('test', {
      trace_id: 'unique-trace-123',
      task_id: 'task-456',
      agent_id: 'agent-789',
      custom_field: 'custom value',
    });
    bound.info('Starting operation').debug('Processing data').warning('Potential issue');
    for (const entry of logs.entries) {
      expect(entry).toMatchObject({
        trace_id: 'unique-trace-123',
        task_id: 'task-456',
        agent_id: 'agent-789',
        custom_field: 'custom value',
      });
    }
    expect(logs.entries).toHaveLength(3);
  });

  it('shares one trace id between its lines when none is given, unless there is a context', () => {
    const bound = getLoggerWithContext('test', { task_id: 't' });
    bound.info('a').info('b');
    runWithContext({ trace_id: 'given' }, () => bound.info('c'));
    const [a, b, c] = logs.entries.map((entry) => entry.trace_id);
    expect(a).toBe(b);
    expect(c).toBe('given');
  });

  it('has children that add to it and do not change it', () => {
    const parent = getLoggerWithContext('test', { a: 1 });
    const child = parent.child({ b: 2 });
    child.child({ a: 3 }).info('grandchild');
    parent.info('parent');
    expect(logs.entries[0]).toMatchObject({ a: 3, b: 2 });
    expect(logs.entries[1]).not.toHaveProperty('b');
    expect(child.context).toEqual({ a: 1, b: 2 });
  });
});

describe('the trace id of a call', () => {
  it.each([[null], [''], [undefined]])('is that of the context where it is %j', (trace_id) => {
    const bound = getLoggerWithContext('test', { b: 1 });
    runWithContext({ trace_id: 't', task_id: 'k' }, () => {
      logger.info('m', { trace_id });
      bound.info('m', { trace_id, task_id: 'own', b: 2 });
    });
    logger.info('m', { trace_id });
    expect(logs.entries.map((entry) => entry.trace_id)).toEqual([
      't',
      't',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
  });

  it('is text, whatever it was', () => {
    logger.info('m', { trace_id: 5 }).info('m', { trace_id: { a: [1] } });
    expect(logs.entries.map((entry) => entry.trace_id)).toEqual(['5', '{"a":[1]}']);
  });

  it('and the other ids stay on a line that is cut', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`k${index}`, 'v'.repeat(3000)]),
    );
    const bound = getLoggerWithContext('test', { agent_id: 'a' });
    bound.info('short').info('m', wide);
    runWithContext(wide, () => {
      runWithContext({ trace_id: 't', task_id: 'k' }, () => bound.info('m', { execution_time: 1 }));
    });
    const [short, first, second] = logs.entries;
    expect(first).toMatchObject({ trace_id: short?.trace_id, agent_id: 'a' });
    expect(second).toMatchObject({ trace_id: 't', task_id: 'k', agent_id: 'a', execution_time: 1 });
    expect(second?.['truncated']).toBeDefined();
  });
});

describe('lines without a context', () => {
  it('each have their own trace id', () => {
    for (let count = 0; count < 100; count += 1) logger.info('alone');
    expect(new Set(logs.entries.map((entry) => entry.trace_id)).size).toBe(100);
  });
});

describe('a carrier', () => {
  it('takes trace and fields through a queue', () => {
    const message = runWithContext(
      { trace_id: 'unique-trace-123', task_id: 'task-456', tenant: { id: 7 } },
      () => JSON.stringify(getContext()?.toCarrier()),
    );
    runWithContext(LogContext.fromCarrier(JSON.parse(message)), () => logger.info('consumed'));
    expect(logs.entries[0]).toMatchObject({
      trace_id: 'unique-trace-123',
      task_id: 'task-456',
      tenant: { id: 7 },
    });
  });

  it('replaces the trace that surrounds it', () => {
    const carrier = runWithContext({ trace_id: 'producer' }, () => getContext()?.toCarrier());
    runWithContext({ trace_id: 'consumer', worker: 3 }, () => {
      runWithContext(LogContext.fromCarrier(carrier), () => logger.info('consumed'));
    });
    expect(logs.entries[0]).toMatchObject({ trace_id: 'producer', worker: 3 });
  });

  it('has no secrets: the receiver may not know them', () => {
    const forget = registerSecrets(['planted/1']);
    const fields = {
      api_key: 'planted-2',
      note: 'used planted%2F1',
      deep: { list: [{ password: 'planted-3' }], text: 'x'.repeat(5000), tokens: 12 },
      none: null,
    };
    const carrier = runWithContext({ trace_id: 'planted/1', ...fields }, () =>
      getContext()?.toCarrier(),
    );
    forget();
    expect(carrier?.context).toEqual({
      trace_id: '**********',
      api_key: '**********',
      note: 'used **********',
      deep: { list: [{ password: '**********' }], text: 'x'.repeat(5000), tokens: 12 },
      none: null,
    });
  });

  it('leaves out what JSON cannot hold', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const carrier = runWithContext({ ok: 1, cyclic, big: 5n, fn: () => 1 }, () =>
      getContext()?.toCarrier(),
    );
    expect(carrier?.context).toMatchObject({ ok: 1 });
    expect(Object.keys(carrier?.context ?? {})).toEqual(['ok', 'trace_id']);
  });
});

it.each([
  ['bytes', Buffer.alloc(5_000_000)],
  ['a boxed string', new String('x'.repeat(5_000_000))],
])('%s are not a field for each element', (_name, value) => {
  runWithContext(value as never, () => logger.info('Bound'));
  logger.info('Given', value as never);
  for (const entry of logs.entries) expect(entry).not.toHaveProperty('0');
  expect(LogContext.fromCarrier(value).fields).toEqual({ trace_id: expect.any(String) });
});

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

it.each([
  ['fields alone', { context: { tenant: 'a', trace_id: 'own-1' } }, { task_id: 't' }],
  [
    'a trace',
    { traceparent: PARENT, tracestate: 'a=1', context: { tenant: 'a' } },
    { tenant: 'b' },
  ],
  ['a trace and an id for lines', { traceparent: PARENT }, { trace_id: 'own-2', task_id: 't' }],
  ['a trace that is shown by another id', { traceparent: PARENT, context: { trace_id: 'x' } }, {}],
])('a carrier with %s becomes with further fields what two steps make of it', (_, carrier, own) => {
  runWithContext({ outer: 1, tenant: 'c' }, () => {
    const made = LogContext.fromCarrierWithin(carrier, own);
    const inTwoSteps = LogContext.within(LogContext.fromCarrier(carrier).with(own));
    expect(made.fields).toEqual(inTwoSteps.fields);
    expect(made.given).toBe(inTwoSteps.given);
    const { spanId } = made.parent;
    expect(made.parent).toEqual({ ...inTwoSteps.parent, spanId });
    expect(made.fields).toMatchObject({ outer: 1, ...own });
  });
});

it('work without a context begins a trace', () => {
  const { traceparent = '', ...more } = LogContext.newHeaders();
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(more).toEqual({});
  expect(LogContext.newHeaders()['traceparent']).not.toBe(traceparent);
});
