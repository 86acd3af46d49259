import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Transport from 'winston-transport';
import {
  closeLogging,
  getLogger,
  getLoggingStats,
  LoggingOptionError,
  runWithContext,
  setupLogging,
} from '../../src/index.ts';

const logger = getLogger('test');

interface Info {
  message: string;
  [field: string]: unknown;
}

/** A transport that keeps what it gets, at the given pace. */
class Keeping extends Transport {
  readonly infos: Info[] = [];
  readonly #delayMs: number | undefined;

  constructor(delayMs: number | undefined, options: object = {}) {
    super(options);
    this.#delayMs = delayMs;
  }

  override log(info: Info, next: () => void): void {
    this.infos.push(info);
    if (this.#delayMs === undefined) return;
    if (this.#delayMs === 0) next();
    else setTimeout(next, this.#delayMs);
  }
}

/** A transport whose callback never comes. */
const dead = (): Keeping => new Keeping(undefined);

/** A set-up with these transports alone. */
function use(...transports: Transport[]): void {
  setupLogging({ console: false, caller: 'never', transports });
}

beforeEach(() => setupLogging({ console: false, caller: 'never' }));
afterEach(() => closeLogging({ timeoutMs: 50 }));

it('a transport that logs while it writes does not get its own lines, others do', () => {
  class Talking extends Keeping {
    override log(info: Info, next: () => void): void {
      logger.info(`about ${info.message}`);
      super.log(info, next);
    }
  }
  const [talking, other] = [new Talking(0), new Keeping(0)];
  use(talking, other);
  for (const message of ['a', 'b']) logger.info(message);
  expect(talking.infos.map((info) => info.message)).toEqual(['a', 'b']);
  expect(other.infos.map((info) => info.message).sort()).toEqual(['a', 'about a', 'about b', 'b']);
  expect(getLoggingStats()[0]).toMatchObject({ dropped: 2 });
});

it('a transport that has ended before is said to have, counted, and not waited for', async () => {
  const used = new Keeping(0);
  setupLogging({ console: false, transports: [used] });
  await closeLogging();
  setupLogging({ console: false, transports: [used] });
  logger.info('late');
  expect(getLoggingStats()).toMatchObject([{ name: 'Keeping', dropped: 1 }]);
  expect(used.infos).toEqual([]);
});

it.each([
  ['with a level that does not exist', new Keeping(0, { level: 'loud' })],
  ['without a log', new Transport()],
  ['that is frozen', Object.freeze({ log: () => {} })],
])('a transport %s is refused before anything is changed', (_, bad) => {
  const [good, extra] = [new Keeping(0), new Keeping(0)];
  setupLogging({ console: false, transports: [good] });
  const transports = [extra, bad as Keeping];
  expect(() => setupLogging({ console: false, transports })).toThrow(LoggingOptionError);
  logger.info('m');
  expect(good.infos).toHaveLength(1);
});

it('a transport’s level may be changed at any time, to one that exists', () => {
  const changing = new Keeping(0, { level: 'error' });
  use(changing);
  logger.info('below');
  changing.level = 'debug';
  logger.debug('taken');
  expect(changing.infos.map((info) => info.message)).toEqual(['taken']);
  expect(() => {
    changing.level = 'loud';
  }).toThrow(/^`transport\.level` must be one of .*, got "loud"\.$/);
});

it('a transport of winston 2 is given its four arguments', () => {
  const calls: unknown[][] = [];
  const legacy = {
    log: (level: string, message: string, meta: Info, next: () => void) => {
      calls.push([level, message, meta['order']]);
      next();
    },
  };
  setupLogging({ console: false, transports: [legacy as never] });
  logger.warn('old', { order: 5 });
  expect(calls).toEqual([['warn', 'old', 5]]);
});

describe('beside a transport that never calls back', () => {
  it('another one gets every line, and the caller never waits', () => {
    const fast = new Keeping(0);
    const blocked = dead();
    use(blocked, fast);
    for (let index = 0; index < 500; index += 1) logger.info(`line ${index}`);
    expect(fast.infos.map((info) => info.message)).toEqual(
      Array.from({ length: 500 }, (_, index) => `line ${index}`),
    );
    expect(blocked.infos).toHaveLength(1);
  });

  it('a burst has the right trace ids, and objects as they were in the call', async () => {
    const fast = new Keeping(0);
    const slow = new Keeping(1);
    use(dead(), slow, fast);
    await Promise.all(
      Array.from({ length: 100 }, (_, task) =>
        runWithContext({ trace_id: `t${task}` }, async () => {
          for (let step = 0; step < 20; step += 1) {
            const state = { task, step, list: [step] };
            logger.info('step', { state });
            state.step = -1;
            state.list.push(-1);
            if (step % 5 === 0) await sleep(0);
          }
        }),
      ),
    );
    await vi.waitUntil(() => slow.infos.length > 1, 20_000);
    expect(fast.infos).toHaveLength(2000);
    for (const infos of [fast.infos, slow.infos]) {
      const wrong = infos.filter((info) => info['trace_id'] !== `t${stateOf(info).task}`);
      const mutated = infos.filter(
        (info) => stateOf(info).step < 0 || stateOf(info).list.length > 1,
      );
      expect({ wrong: wrong.length, mutated: mutated.length }).toEqual({ wrong: 0, mutated: 0 });
    }
    expect(slow.infos.length).toBeGreaterThan(1);
  });

  it('what it loses is bounded and counted', () => {
    const blocked = dead();
    use(blocked);
    for (let index = 0; index < 12_000; index += 1) logger.info('line');
    const [stats] = getLoggingStats();
    expect(stats).toMatchObject({ name: 'Keeping', healthy: false, waiting: 10_000 });
    expect(stats?.dropped).toBe(12_000 - 10_000 - 1);
  });

  it('giant lines fill its queue by their size', { timeout: 30_000 }, () => {
    use(dead());
    for (let index = 0; index < 1200; index += 1) logger.info('x'.repeat(16_000));
    const [stats] = getLoggingStats();
    expect(stats?.waiting).toBeLessThan(1100);
    expect(stats?.dropped).toBeGreaterThan(100);
  });

  it('closing ends within its limit', async () => {
    use(dead());
    for (let index = 0; index < 100; index += 1) logger.info('line');
    await closeLogging({ timeoutMs: 100 });
    expect(getLoggingStats()).toMatchObject([{ name: 'stdout' }]);
  });
});

describe('a slow transport', () => {
  it('gets every line in the end', async () => {
    const slow = new Keeping(1);
    use(slow);
    for (let index = 0; index < 100; index += 1) logger.info(`line ${index}`);
    await closeLogging();
    expect(slow.infos.map((info) => info.message)).toEqual(
      Array.from({ length: 100 }, (_, index) => `line ${index}`),
    );
  });
});

describe('a transport that is taken out with a backlog', () => {
  const ALL = Array.from({ length: 200 }, (_, index) => index);

  class Closing extends Keeping {
    /** How many lines it had when it was closed. */
    readonly closedAt: number[] = [];
    override close(): void {
      this.closedAt.push(this.infos.length);
    }
  }

  function backlog(): Closing {
    const slow = new Closing(1);
    use(slow);
    for (const index of ALL) logger.info('line', { index });
    return slow;
  }

  it('gets every line when a set-up replaces it, and is closed after that', async () => {
    const slow = backlog();
    setupLogging({ console: false });
    logger.info('not for it');
    await vi.waitUntil(() => slow.closedAt.length > 0, 10_000);
    expect(slow.infos.map((info) => info['index'])).toEqual(ALL);
    expect(slow.closedAt).toEqual([200]);
  });

  it('continues in order where the next set-up has it too', async () => {
    const slow = backlog();
    setupLogging({ console: false, transports: [slow] });
    logger.info('line', { index: 200 });
    await closeLogging();
    expect(slow.infos.map((info) => info['index'])).toEqual([...ALL, 200]);
    expect(slow.closedAt).toEqual([]);
  });

  it('gets every line where all is closed after that', async () => {
    const slow = backlog();
    setupLogging({ console: false });
    await closeLogging();
    expect(slow.infos.map((info) => info['index'])).toEqual(ALL);
  });
});

describe('a transport that changes its infos', () => {
  it('does not change those of others', () => {
    class Changing extends Keeping {
      override log(info: Info, next: () => void): void {
        info.message = 'changed';
        delete info['order'];
        next();
      }
    }
    const other = new Keeping(0);
    use(new Changing(0), other);
    logger.info('line', { order: 5 });
    expect(other.infos).toMatchObject([{ message: 'line', order: 5 }]);
  });
});

describe('a transport that fails', () => {
  it.each([
    ['by throwing', () => {}],
    ['by throwing later, from its own backlog', (next: () => void) => void setTimeout(next, 1)],
  ] as const)('%s loses that line alone', async (_how, pace) => {
    const fast = new Keeping(0);
    class Throwing extends Keeping {
      override log(info: Info, next: () => void): void {
        if (info['bad'] === true) {
          pace(next);
          throw new Error('broken');
        }
        super.log(info, next);
      }
    }
    const throwing = new Throwing(1);
    use(throwing, fast);
    for (let index = 0; index < 100; index += 1) logger.info('line', { bad: index % 10 === 0 });
    await vi.waitUntil(() => throwing.infos.length >= 90, 20_000);
    expect(fast.infos).toHaveLength(100);
    expect(getLoggingStats()).toMatchObject([{ dropped: 10, healthy: true }, { dropped: 0 }]);
  });

  it('by a rejection loses that line alone', async () => {
    class Rejecting extends Keeping {
      override async log(info: Info, next: () => void): Promise<void> {
        await sleep(0);
        if (info['bad'] === true) throw new Error('broken');
        super.log(info, next);
      }
    }
    const rejecting = new Rejecting(0);
    use(rejecting);
    for (let index = 0; index < 50; index += 1) logger.info('line', { bad: index < 2 });
    await vi.waitUntil(() => rejecting.infos.length === 48, 20_000);
    expect(getLoggingStats()).toMatchObject([{ dropped: 2 }]);
  });

  it('with its format loses those lines alone', async () => {
    const format = {
      transform(info: Info): Info {
        if (info['bad'] === true) throw new Error('broken');
        return info;
      },
    };
    const keeping = new Keeping(1, { format });
    use(keeping);
    for (let index = 0; index < 40; index += 1) logger.info('line', { bad: index % 20 === 1 });
    await closeLogging();
    expect(keeping.infos).toHaveLength(38);
    expect(keeping.infos.some((info) => info['bad'] === true)).toBe(false);
  });

  it('by an error of its callback gets the lines that waited', async () => {
    class Failing extends Keeping {
      override log(info: Info, next: (error?: Error) => void): void {
        this.infos.push(info);
        setTimeout(next, 1, this.infos.length === 1 ? new Error('disk on fire') : undefined);
      }
    }
    const failing = new Failing(0);
    use(failing);
    for (let index = 0; index < 100; index += 1) logger.info('line');
    await vi.waitUntil(() => failing.infos.length === 100, 20_000);
    expect(getLoggingStats()).toMatchObject([{ dropped: 1, waiting: 0 }]);
  });

  it('by an error event does not end the process, and gets further lines', () => {
    const fast = new Keeping(0);
    const failing = new Keeping(0);
    use(failing, fast);
    failing.emit('error', new Error('disk on fire'));
    logger.info('line');
    expect(fast.infos).toHaveLength(1);
    expect(failing.infos).toHaveLength(1);
  });

  it('by logging about its own work does not go round for ever', () => {
    class Chatty extends Keeping {
      override log(info: Info, next: () => void): void {
        super.log(info, next);
        logger.info('I received something');
      }
    }
    const chatty = new Chatty(0);
    use(chatty);
    logger.info('line');
    expect(chatty.infos.length).toBeLessThan(10);
  });
});

function stateOf(info: Info): { task: number; step: number; list: number[] } {
  return info['state'] as { task: number; step: number; list: number[] };
}
