import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('test');

beforeEach(() => {
  setupLogging({ caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

class Money {
  readonly amount = 5;
  toString(): string {
    return `${this.amount} EUR`;
  }
}
class Broken {
  readonly by = 'x';
  toString(): string {
    throw new Error('no');
  }
}

it('takes time linear in the length of a string after the message', () => {
  for (const text of ['\n', '\r', '\u2028', ' ', 'at ', '\n at']) {
    const before = process.cpuUsage();
    logger.info('m', text.repeat(200_000 / text.length));
    expect(process.cpuUsage(before).user, JSON.stringify(text)).toBeLessThan(1_500_000);
  }
});

describe('a call', () => {
  it.each([
    ['a string', ['m'], { message: 'm' }],
    ['fields', ['m', { a: 1 }], { message: 'm', a: 1 }],
    ['an error alone', [new Error('e')], { message: 'e', error: { message: 'e' } }],
    ['an error with fields', [new Error('e'), { a: 1 }], { message: 'e', a: 1 }],
    ['an error after the text', ['m', new Error('e')], { message: 'm', error: { message: 'e' } }],
    ['fields, then an error', ['m', { a: 1 }, new Error('e')], { a: 1, error: { message: 'e' } }],
    ['an error with its own message', [new Error('e'), 'm'], { message: 'm' }],
    ['fields first', [{ a: 1 }, 'm'], { message: 'm', a: 1 }],
    ['an info', [{ message: 'm', a: 1 }], { message: 'm', a: 1 }],
    [
      'an info with an error',
      [{ message: new Error('e') }],
      { message: 'e', error: { type: 'Error' } },
    ],
    ['values for tokens', ['%s has %d, %s', 'a', 2, true], { message: 'a has 2, true' }],
    [
      'values that are not strings',
      ['%s, %s, %s and %s', null, [1, 'b'], new Date(0), undefined],
      { message: 'null, [1,"b"], 1970-01-01T00:00:00.000Z and undefined' },
    ],
    ['an undefined value among others', ['%s %s', undefined, 'x'], { message: 'undefined x' }],
    ['an undefined value alone', ['%s and %d', undefined], { message: 'undefined and %d' }],
    ['an undefined value without a token', ['100%', undefined], { message: '100%' }],
    [
      'an object of a class with toString() for %s',
      ['Paid %s to %s', new Money(), new Broken()],
      { message: 'Paid 5 EUR to %s', by: 'x' },
    ],
    ['the same for %j', ['%j', new Money()], { message: '{"amount":5}' }],
    ['a value without a token', ['m', 5], { message: 'm', args: [5] }],
    [
      'JSON for %j, %o and %O',
      ['%j %o %O', { a: 1 }, [2], new Map([['k', 3]])],
      { message: '{"a":1} [2] {"k":3}' },
    ],
    [
      'secrets of %j masked',
      ['%j', { password: 'p1', n: 1 }],
      { message: '{"password":"**********","n":1}' },
    ],
    ['numbers for %d, %i, %f', ['%d %i %f %d', '42', 4.9, 1.5, 7n], { message: '42 4 1.5 7' }],
    ['a value for %s behind an object', ['%s', { a: 1 }, 'x'], { message: 'x', a: 1 }],
    ['more tokens than values', ['%s %s %j', 'a'], { message: 'a %s %j' }],
    ['no style for %c', ['%cred', 'color: red'], { message: 'red' }],
    ['two percent signs', ['100%% of %s', 'it'], { message: '100% of it' }],
    ['a symbol', [Symbol('job')], { message: 'Symbol(job)' }],
    ['a bigint', [2n ** 64n], { message: '18446744073709551616' }],
    ['a function', [parseInt], { message: '[Function parseInt]' }],
    ['a date', [new Date(86_400_000)], { message: '1970-01-02T00:00:00.000Z' }],
    ['not a number', [Number.NaN], { message: 'NaN' }],
    ['a URL', [new URL('https://a.example/"q"')], { message: 'https://a.example/%22q%22' }],
    ['an array with a string', [['a']], { message: '["a"]' }],
    ['a string for %j', ['%j', 'a'], { message: '"a"' }],
    ['pino’s msg', [{ msg: 'm', a: 1 }], { message: 'm', a: 1 }],
    ['msg beside a message', [{ msg: 'x', message: 'm' }], { message: 'm', msg: 'x' }],
    ['a number as msg', [{ msg: 5 }], { message: '5' }],
    [
      'msg with an error',
      [{ msg: 'm', err: new Error('e') }],
      { message: 'm', err: { message: 'e' } },
    ],
    [
      'an error for %s, which is still a field',
      ['failed: %s after %d', new TypeError('e'), 3],
      { message: 'failed: e after 3', error: { type: 'TypeError' } },
    ],
    [
      'an error in fields without a message',
      [{ err: new Error('e'), a: 1 }],
      { message: 'e', a: 1 },
    ],
    ['a string behind the message', ['m', 'Orders'], { message: 'm', context: 'Orders' }],
    ['a token without a value', ['100%s', { a: 1 }], { message: '100%s', a: 1 }],
    ['a value, a token and fields', ['%s', 'x', { a: 1 }], { message: 'x', a: 1 }],
    ['two errors', [new Error('a'), new Error('b')], { message: 'a', errors: [{ message: 'b' }] }],
    [
      'a list for a message',
      [[1, { password: 'p' }]],
      { message: '[1,{"password":"**********"}]' },
    ],
    ['a list for fields', ['m', [1, 2]], { message: 'm', args: [[1, 2]] }],
    ['nothing', [], { message: 'undefined' }],
    ['an error without a message', [new TypeError()], { message: 'TypeError' }],
  ])('takes %s', (_, args, expected) => {
    const [message, ...rest] = args as unknown[];
    logger.info(message, ...rest);
    expect(logs.entries[0]).toMatchObject(expected as object);
  });

  it('does not write a secret into the text of a message', () => {
    logger.info('user %s', { password: 'secret-1' }, new Map([['token', 'secret-2']]));
    expect(logs.lines[0]).not.toMatch(/secret-/);
  });

  const unreadable = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const throwing = {
    fine: 1,
    get bad(): never {
      throw new Error('getter');
    },
  };

  it.each([
    ['after it', ['kept', unreadable()]],
    ['after fields', ['kept', { a: 1 }, unreadable()]],
    ['for a token', ['kept', new Proxy(() => 1, { get: () => throwing.bad })]],
    ['as fields and more', ['kept', throwing, 5]],
    [
      'around it',
      [
        {
          message: 'kept',
          fine: 1,
          get bad() {
            return throwing.bad;
          },
        },
      ],
    ],
  ])('keeps its message whatever cannot be read: %s', (_, [message, ...rest]) => {
    logger.info(message, ...rest);
    expect(logs.entries).toMatchObject([{ message: 'kept' }]);
    expect(logs.entries[0]).not.toHaveProperty('logging_error');
  });

  it('of log takes winston’s forms', () => {
    logger.log('info', 'a', { x: 1 });
    logger.log({ level: 'warn', message: 'b', x: 2 });
    logger.log('error', new Error('c'));
    logger.log('LOUD', 'd', { x: 4 });
    logger.log({ level: 'LOUD', message: 'e' });
    logger.log('debug', { message: 'f', x: 3 });
    expect(logs.entries).toMatchObject([
      { level: 'INFO', message: 'a', x: 1 },
      { level: 'WARNING', message: 'b', x: 2 },
      { level: 'ERROR', message: 'c', error: { message: 'c' } },
      { level: 'INFO', message: 'd', level_: 'LOUD', x: 4 },
      { level: 'INFO', message: 'e', level_: 'LOUD' },
      { level: 'DEBUG', message: 'f', x: 3 },
    ]);
  });
});

describe('a timer', () => {
  it('writes the seconds it took', async () => {
    const timer = logger.startTimer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    timer.done('Worked', { items: 3 });
    timer.done({ message: 'winston’s form', level: 'debug' });
    timer.done();
    const [first, second, third] = logs.entries;
    expect(first).toMatchObject({ message: 'Worked', items: 3, level: 'INFO' });
    expect(first?.['execution_time']).toBeGreaterThan(0.015);
    expect(Object.keys(first ?? {}).at(-1)).toBe('execution_time');
    expect(second).toMatchObject({ message: 'winston’s form', level: 'DEBUG' });
    expect(third).toMatchObject({ message: '' });
  });

  it('by name is started by the first call and written by the second', () => {
    logger.profile('job').profile('job', { level: 'debug', items: 2 });
    logger.profile('job');
    expect(logs.entries).toHaveLength(1);
    expect(logs.entries[0]).toMatchObject({ message: 'job', level: 'DEBUG', items: 2 });
    expect(logs.entries[0]?.['execution_time']).toBeTypeOf('number');
  });
});

describe('the end of a measurement', () => {
  const throwing = {
    get bad(): never {
      throw new Error('getter');
    },
  };

  it('never throws, whatever it is given', () => {
    const timer = logger.startTimer();
    timer.done({
      message: 'a',
      ...{},
      get bad() {
        return throwing.bad;
      },
    });
    timer.done('b', throwing as never);
    for (const meta of [throwing, null]) {
      logger.profile('c').profile('c', meta as never);
    }
    const id = Object.create(null) as string;
    logger.profile(id).profile(id);
    expect(logs.entries.map((entry) => entry.message)).toEqual(['a', 'b', 'c', 'c', '{}']);
  });

  it('writes an error', () => {
    logger.startTimer().done(new RangeError('boom'));
    expect(logs.entries).toMatchObject([{ message: 'boom', error: { type: 'RangeError' } }]);
  });
});

describe('captured logs', () => {
  it('are found by message or pattern, forgotten, and end', () => {
    logger.info('Sold', { price: 5 });
    expect(logs.find('Sold')?.['price']).toBe(5);
    expect(logs.find(/^So/)).toBe(logs.find('Sold'));
    expect(logs.find('Bought')).toBeUndefined();
    logs.clear();
    expect(logs.lines).toEqual([]);
    const inner = captureLogs({ level: 'ERROR' });
    logger.warning('not taken').error('taken');
    inner.stop();
    logger.info('outer again');
    expect(inner.entries.map((entry) => entry.message)).toEqual(['taken']);
    expect(logs.entries.map((entry) => entry.message)).toEqual(['outer again']);
  });
});
