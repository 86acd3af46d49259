import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  addLogSecrets,
  type CapturedLogs,
  captureLogs,
  getLogger,
  getLoggerWithContext,
  JsonFormatter,
  MASK,
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

describe('redaction by key', () => {
  it('masks the usual keys at any depth, in any spelling', () => {
    logger.info('m', {
      password: 'p',
      apiKey: 'k',
      headers: { Authorization: 'Bearer x', 'Set-Cookie': ['a'], accept: 'json' },
      list: [{ client_secret: { deep: 'x' } }],
      tokens: 150,
    });
    expect(logs.entries[0]).toMatchObject({
      password: MASK,
      apiKey: MASK,
      headers: { Authorization: MASK, 'Set-Cookie': MASK, accept: 'json' },
      list: [{ client_secret: MASK }],
      tokens: 150,
    });
  });

  it('masks keys of one’s own, alone when so wished', () => {
    setupLogging({ redact: { keys: ['card_number'], defaultKeys: false } });
    logger.info('m', { cardNumber: '4111', password: 'shown' });
    expect(logs.entries[0]).toMatchObject({ cardNumber: MASK, password: 'shown' });
  });

  it('masks in contexts, bound fields, errors, maps and the set-up’s fields', () => {
    const error = Object.assign(new Error('e'), { password: 'secret-2' });
    setupLogging({ fields: { token: 'secret-1' }, errors: { properties: 'all' } });
    runWithContext({ api_key: 'secret-3' }, () => {
      getLoggerWithContext('b', { cookie: 'secret-4' }).error('m', {
        error,
        map: new Map([['secret', 'secret-5']]),
      });
    });
    expect(logs.lines[0]).not.toMatch(/secret-\d/);
    expect(logs.lines[0]?.match(/\*{10}/g)).toHaveLength(5);
  });

  it('masks what reveals itself only when asked', () => {
    logger.info('m', { db: { reveal: () => 'hidden' }, list: [{ reveal: () => 'hidden' }] });
    expect(logs.entries[0]).toMatchObject({ db: MASK, list: [MASK] });
  });
});

describe('redaction by path', () => {
  it('masks at the path and nowhere else', () => {
    setupLogging({
      redact: {
        paths: ['user.card.number', 'items[*].pin', 'headers.*', 'top', 'a["x.y"].z', 'l[1]'],
      },
    });
    logger.info('m', {
      user: { card: { number: '4111', holder: 'Eve' }, number: 1 },
      items: [{ pin: 1, id: 'a' }, { pin: 2 }],
      headers: { a: 1, b: { c: 2 } },
      top: { any: 'thing' },
      a: { 'x.y': { z: 1, w: 2 } },
      l: ['x', 'y'],
      number: 5,
    });
    expect(logs.entries[0]).toMatchObject({
      user: { card: { number: MASK, holder: 'Eve' }, number: 1 },
      items: [{ pin: MASK, id: 'a' }, { pin: MASK }],
      headers: { a: MASK, b: MASK },
      top: MASK,
      a: { 'x.y': { z: MASK, w: 2 } },
      l: ['x', MASK],
      number: 5,
    });
  });

  it('lets a wildcard and a name share a step', () => {
    setupLogging({ redact: { paths: ['a.*.x', 'a.b.y', '*.z'] } });
    logger.info('m', { a: { b: { x: 1, y: 2, n: 3 }, c: { x: 1, y: 2 }, z: 4 }, q: { z: 5 } });
    expect(logs.entries[0]).toMatchObject({
      a: { b: { x: MASK, y: MASK, n: 3 }, c: { x: MASK, y: 2 }, z: MASK },
      q: { z: MASK },
    });
  });

  it.each(['', 'a..b', 'a[', '[x]', 'a["b]', 7])('refuses %j', (path) => {
    expect(() => setupLogging({ redact: { paths: [path as string] } })).toThrow(/redact\.paths/);
  });
});

describe('registered secrets', () => {
  it('are masked inside any text', () => {
    setupLogging({ redact: { values: ['hunter2-long', { reveal: () => 'sk-123456' }] } });
    logger.error(new Error('login with hunter2-long failed'), { url: 'redis://:sk-123456@host' });
    expect(logs.lines[0]).not.toMatch(/hunter2-long|sk-123456/);
    expect(logs.entries[0]).toMatchObject({ url: `redis://:${MASK}@host` });
  });

  it('are masked in the name of a function', () => {
    setupLogging({ redact: { values: ['sk-named'] }, caller: 'always' });
    const { 'sk-named': write } = { 'sk-named': () => void logger.info('m') };
    write();
    expect(logs.entries).toMatchObject([{ message: 'm', function: MASK }]);
  });

  it('can be added later, for what was bound before and for later set-ups', () => {
    const bound = getLoggerWithContext('b', { note: 'the later-secret here' });
    bound.info('m');
    expect(logs.lines[0]).toContain('later-secret');
    onTestFinished(addLogSecrets(['later-secret']));
    bound.info('m');
    setupLogging({});
    bound.info('m');
    expect(logs.lines[1]).not.toContain('later-secret');
    expect(logs.lines[2]).not.toContain('later-secret');
  });

  it('are found in their spellings: in a URL, in JSON, as a number', () => {
    setupLogging({ redact: { values: ['p@ss/w"rd', '12345678'] } });
    logger.info(JSON.stringify({ a: 'p@ss/w"rd' }), {
      url: `https://x/?q=${encodeURIComponent('p@ss/w"rd')}`,
      pin: 12345678,
      big: 12345678n,
    });
    expect(logs.lines[0]).not.toMatch(/ss\/w|p%40ss|12345678/);
  });

  it('are masked whole where one begins with another, and short ones only as a whole', () => {
    setupLogging({ redact: { values: ['secret', 'secret-and-more', 'ab', ''] } });
    logger.info('a secret-and-more b', { short: 'ab', cab: 'cab' });
    expect(logs.entries[0]).toMatchObject({ message: `a ${MASK} b`, short: MASK, cab: 'cab' });
  });

  it('are never shown, wherever they were put', { timeout: 30_000 }, () => {
    const secret = fc.string({ minLength: 6, maxLength: 30 }).filter((text) => {
      // Text that is in every line anyway cannot be masked.
      return (
        text.trim() === text && !'"trace_id":"timestamp":'.includes(text) && !/^\*+$/.test(text)
      );
    });
    fc.assert(
      fc.property(
        secret,
        fc.string(),
        fc.integer({ min: 0, max: 20_000 }),
        (value, around, pad) => {
          const marked = `S3${value}`;
          setupLogging({ redact: { values: [marked] }, caller: 'never' });
          const text = `${around}${marked}${around}`;
          logger.error(text, {
            text,
            [text]: 1,
            nested: [{ text }, new Map([[text, text]]), new Set([text])],
            error: new Error(text, { cause: Object.assign(new TypeError(text), { text }) }),
            giant: 'x'.repeat(pad) + marked,
            json: { toJSON: () => text },
          });
          runWithContext({ trace_id: marked, task_id: text, text }, () => logger.info('m'));
          getLoggerWithContext(text, { agent_id: text }).info('%s', marked);
          for (const line of logs.lines) {
            expect(line).not.toContain(marked);
            const strings: string[] = [];
            JSON.parse(line, (key, found) => {
              strings.push(key, String(found));
              return found;
            });
            expect(strings.filter((one) => one.includes(marked))).toEqual([]);
          }
          logs.clear();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a secret where something giant is cut', () => {
  const secret = 'sk-0123456789abcdefghijklmnopqrstuvwxyz';

  it('is never shown by half, wherever masks before it have moved it', () => {
    onTestFinished(addLogSecrets([secret]));
    for (let pad = 16_000; pad < 16_500; pad += 37) {
      const text = `${`${secret} `.repeat(20)}${'x'.repeat(pad - 20 * 40)}${secret}`;
      logger.info(text, { text, [`${'k'.repeat(pad - 16_000)}${secret}`]: 1 });
    }
    expect(logs.lines.filter((line) => line.includes('sk-01'))).toEqual([]);
  });
});

describe('secrets as long as key stores', () => {
  it.each([1200, 12_000])('are masked, and lines are written as before: %i times 7', (times) => {
    const secret = `${'MIIK+/ä'.repeat(times)}==`;
    onTestFinished(addLogSecrets([secret]));
    logger.info('m', { custom: `before ${secret} after`, url: encodeURIComponent(secret) });
    expect(logs.entries).toHaveLength(1);
    expect(logs.lines[0]).not.toMatch(/MIIK/);
    if (times === 1200) expect(logs.find('m')?.['custom']).toBe(`before ${MASK} after`);
  });
});

it('the value of an entry with a secret name is masked', () => {
  const line = new JsonFormatter().format({
    timeMs: 0,
    level: 'INFO',
    name: 'n',
    message: 'm',
    fields: {
      env: [
        { name: 'DB_PASSWORD', value: 'NOBODY' },
        { name: 'HOST', value: 'db' },
      ],
    },
  });
  expect(line).not.toContain('NOBODY');
  expect(line).toContain('"value":"db"');
});
