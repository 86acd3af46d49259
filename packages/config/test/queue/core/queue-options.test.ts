import { ErrorCode } from '@map/errors';
import { Type } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { runWorker, taskQueue } from '../../../src/entries/bullmq.ts';

const types = { mail: Type.Object({ to: Type.String(), copies: Type.Optional(Type.Integer()) }) };

test.each([
  ['name', '', { types }],
  ['name', 'a:b', { types }],
  ['name', undefined, { types }],
  ['types', 'q', {}],
  ['types', 'q', { types: {} }],
  ['types', 'q', undefined],
  ['types.mail', 'q', { types: { mail: 'string' } }],
  ['types.mail', 'q', { types: { mail: { type: 'object' } } }],
  ['types.at', 'q', { types: { at: Type.Object({ at: Type.Date() }) } }],
  ['types.at', 'q', { types: { at: Type.Object({ at: Type.Unsafe({ type: 'string' }) }) } }],
  ['types.ids', 'q', { types: { ids: Type.Array(Type.Union([Type.Null(), Type.BigInt()])) } }],
  ['types.ping', 'q', { types: { ping: Type.Undefined() } }],
  ['options', 'q', 'mail'],
  ['attempts', 'q', { types, attempts: 0 }],
  ['baseDelayMs', 'q', { types, baseDelayMs: Number.NaN }],
  ['maxDelayMs', 'q', { types, maxDelayMs: '1s' }],
  ['prefix', 'q', { types, prefix: '' }],
  ['prefix', 'q', { types, prefix: 'mails', redis: { cluster: [{ host: 'a', port: 1 }] } }],
  ['redis', 'q', { types, redis: 'redis://localhost' }],
])('%s that cannot be used is refused before anything is opened', (option, name, options) => {
  const make = () => taskQueue(name as string, options as never);
  expect(make).toThrow(expect.objectContaining({ code: ErrorCode.CONFIG_INVALID }));
  expect(make).toThrow(new RegExp(`^\`${option}\`(?: of queue "q")? must be `));
});

test.each([{ database: 2 }, { url: 'redis://localhost/2' }])(
  'a queue on a cluster refuses a database: %o',
  (given) => {
    const redis = { ...given, cluster: [{ host: 'localhost', port: 7000 }] };
    expect(() => taskQueue('q', { types, redis })).toThrow(
      expect.objectContaining({
        code: ErrorCode.CONFIG_INVALID,
        message: expect.stringMatching(/^`database` of .*"q" must be 0 or missing .*, got 2:/),
      }),
    );
  },
);

test.each([
  ['handlers.mail', {}, {}],
  ['handlers.mail', undefined, {}],
  ['handlers.mail', { mail: 'send' }, {}],
  ['concurrency', { mail: () => 1 }, { concurrency: 0 }],
  ['concurrency', { mail: () => 1 }, { concurrency: Number.NaN }],
  ['timeoutMs', { mail: () => 1 }, { timeoutMs: -1 }],
  ['budgetUsd', { mail: () => 1 }, { budgetUsd: 0 }],
  ['lockMs', { mail: () => 1 }, { lockMs: Number.POSITIVE_INFINITY }],
  ['lockMs', { mail: () => 1 }, { lockMs: 1_000.5 }],
  ['lockMs', { mail: () => 1 }, { lockMs: 5 }],
  ['options', { mail: () => 1 }, 'fast'],
])('a worker refuses %s that is missing or wrong', async (option, handlers, options) => {
  const running = runWorker(taskQueue('q', { types }), handlers as never, options as never);
  await expect(running).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
    message: expect.stringMatching(new RegExp(`^\`${option}\` of .*queue "q" must be`)),
  });
});

test('a task cannot become a child of itself', async () => {
  const queue = taskQueue('q', { types });
  const children = [queue.task('mail', { to: 'a' })];
  const task = queue.task('mail', { to: 'b' }, { children });
  children.push(task);
  expect(task.children).toHaveLength(1);
});

test('a worker of something else is refused', async () => {
  await expect(runWorker({} as never, {} as never)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
  });
});

test.each([
  ['`type` of queue "q" must be one of mail, got "fax"', 'fax', {}, {}],
  ['`type` of queue "q"', 'constructor', {}, {}],
  ['to: Expected required property', 'mail', {}, {}],
  ['to: Expected string', 'mail', { to: 'a secret'.length }, {}],
  ['copies: Expected integer', 'mail', { to: 'a', copies: 1.5 }, {}],
  ['`id` of a task', 'mail', { to: 'a' }, { id: '7' }],
  ['(BullMQ numbers its own), got "a:b".', 'mail', { to: 'a' }, { id: 'a:b' }],
  ['`id` of a task', 'mail', { to: 'a' }, { id: '-7' }],
  ['`id` of a task must not be "meta"', 'mail', { to: 'a' }, { id: 'meta' }],
  ['`bullmq` of a task', 'mail', { to: 'a' }, { bullmq: 'lifo' } as object],
  ['`bullmq` of a task', 'mail', { to: 'a' }, { bullmq: [] } as object],
  [
    '`bullmq.removeOnCompleted` of a task is not an option of BullMQ that a task may have. Did you mean `removeOnComplete`?',
    'mail',
    { to: 'a' },
    { bullmq: { removeOnCompleted: true } },
  ],
  ['`bullmq.constructor` of a task', 'mail', { to: 'a' }, { bullmq: { constructor: 1 } }],
  ['`bullmq.telemetry` of a task', 'mail', { to: 'a' }, { bullmq: { telemetry: {} } }],
  [
    '`bullmq.lifo` of a task must be true or false',
    'mail',
    { to: 'a' },
    { bullmq: { lifo: 'no' } },
  ],
  ['`bullmq.delay` of a task', 'mail', { to: 'a' }, { bullmq: { delay: '5s' } }],
  ['`bullmq.attempts` of a task', 'mail', { to: 'a' }, { bullmq: { attempts: Number.NaN } }],
  ['`bullmq.removeOnFail` of a task', 'mail', { to: 'a' }, { bullmq: { removeOnFail: 'old' } }],
  ['`bullmq.backoff` of a task', 'mail', { to: 'a' }, { bullmq: { backoff: 'fixed' } }],
  ['`bullmq.deduplication` of a task', 'mail', { to: 'a' }, { bullmq: { deduplication: null } }],
  ['`type` of queue "q"', Object.create(null) as string, {}, {}],
  ['`delayMs` of a task', 'mail', { to: 'a' }, { delayMs: -1 }],
  ['`delayMs` of a task', 'mail', { to: 'a' }, { delayMs: Number.POSITIVE_INFINITY }],
  [
    '`delay` is not an option of a task. Did you mean `delayMs`?',
    'mail',
    { to: 'a' },
    { delay: 5 } as object,
  ],
  ['`jobId` is not an option of a task.', 'mail', { to: 'a' }, { jobId: 'x' } as object],
  ['`priority` of a task', 'mail', { to: 'a' }, { priority: 0.5 }],
  ['`attempts` of a task', 'mail', { to: 'a' }, { attempts: 0 }],
  ['`options` of a task', 'mail', { to: 'a' }, null as unknown as object],
  ['`options` of a task', 'mail', { to: 'a' }, [{ id: 'x' }] as object],
])('what cannot be added is refused at once: %s', async (message, type, data, options) => {
  const queue = taskQueue('q', { types });
  const refused = { code: ErrorCode.VALIDATION_ERROR, message: expect.stringContaining(message) };
  await expect(queue.add(type as 'mail', data as never, options)).rejects.toMatchObject(refused);
  const all = queue.addAll([{ type: type as 'mail', data: data as never, options }]);
  await expect(all).rejects.toMatchObject(refused);
  expect(() => queue.task(type as 'mail', data as never, options)).toThrow(message);
});

test.each<[string, object]>([
  ['deduplication', { id: '' }],
  ['deduplication', { id: 7 }],
  ['deduplication', { id: 'x', ttl: 1.5 }],
  ['deduplication', { id: 'x', ttl: '5s' }],
  ['removeOnFail', { age: Number.NaN }],
  ['removeOnComplete', { count: 'many' }],
  ['removeOnComplete', []],
  ['backoff', { type: 'fixed', delay: 'x' }],
  ['backoff', { type: 'fixed', delay: Number.POSITIVE_INFINITY }],
  ['backoff', {}],
  ['parent', { id: 'x' }],
  ['repeatJobKey', 'x' as never],
])('options of BullMQ that its scripts fail at are refused at once: %s %j', async (name, value) => {
  const queue = taskQueue('q', { types });
  const adding = queue.add('mail', { to: 'a' }, { bullmq: { [name]: value } });
  await expect(adding).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringMatching(`^\`bullmq.${name}\` of a task `),
  });
});

test.each([
  ['`attempt` is not an option of queue "q". Did you mean `attempts`?', { attempt: 3 }],
  ['`url` of redis connection "q" must be redis://', { redis: { url: 'http://localhost' } }],
  ['`cluster` of redis connection "q" must be a list of at least one', { redis: { cluster: [] } }],
])('an option that is mistyped is refused: %s', (message, options) => {
  const make = () => taskQueue('q', { types, ...options } as never);
  expect(make).toThrow(expect.objectContaining({ code: ErrorCode.CONFIG_INVALID }));
  expect(make).toThrow(message);
  const worker = runWorker(taskQueue('q', { types }), { mail: () => 1 }, options as never);
  return expect(worker).rejects.toMatchObject({ code: ErrorCode.CONFIG_INVALID });
});

test.each([
  [{ cluster: [{ host: 'a', port: 1 }] }, { cluster: [{ host: 'b', port: 1 }] }],
  [
    { sentinel: { primary: 'main', nodes: [{ host: 'a', port: 1 }] } },
    { sentinel: { primary: 'main', nodes: [{ host: 'b', port: 1 }] } },
  ],
])('two groups of servers are two places, also under one name: %o', async (first, second) => {
  const one = taskQueue('one', { types, redis: first });
  const two = taskQueue('two', { types, redis: second });
  const data = { to: 'a' };
  const flow = one.task('mail', data, { children: [two.task('mail', data)] });
  await expect(one.addFlow(flow)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringMatching(/must be in one Redis: queue "two" .* b:1, .* at a:1\.$/),
  });
});

test('only a task of a flow has children', async () => {
  const queue = taskQueue('q', { types });
  const options: object = { children: [queue.task('mail', { to: 'b' })] };
  await expect(queue.add('mail', { to: 'a' }, options)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: '`children` is not an option of a task.',
  });
  expect(queue.task('mail', { to: 'a' }, options).children).toHaveLength(1);
});

test.each([null, {}, 'mail'])('%j are not children of a task', (children) => {
  const options = { children } as unknown as object;
  const make = () => taskQueue('q', { types }).task('mail', { to: 'a' }, options);
  expect(make).toThrow(expect.objectContaining({ code: ErrorCode.VALIDATION_ERROR }));
});

test('a flow accepts only tasks made by task() of the same queue', async () => {
  const queue = taskQueue('q', { types });
  const task = queue.task('mail', { to: 'a' });
  const refused = { code: ErrorCode.VALIDATION_ERROR };
  await expect(queue.addFlow({ ...task })).rejects.toMatchObject(refused);
  await expect(taskQueue('r', { types }).addFlow(task)).rejects.toMatchObject(refused);
});

test.each([undefined, {}, [null], ['mail'], new Array(2)])(
  '%j are not tasks to add',
  async (tasks) => {
    const adding = taskQueue('q', { types }).addAll(tasks as never);
    await expect(adding).rejects.toMatchObject({ code: ErrorCode.VALIDATION_ERROR });
  },
);
