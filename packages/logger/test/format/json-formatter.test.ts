import { runInNewContext } from 'node:vm';
import { registerSecrets } from '@map/redaction';
import { hostileArbitrary, hostileValues } from '@map-tooling/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CapturedLogs,
  captureLogs,
  getLogger,
  getLoggerWithContext,
  JsonFormatter,
  runWithContext,
  setupLogging,
} from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('module.name');

beforeEach(() => {
  setupLogging({ caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

describe('a line', () => {
  it('has the fields of the specification in its order', () => {
    setupLogging({ caller: 'always' });
    const context = { trace_id: 'unique-trace-123', agent_id: 'agent-789', task_id: 'task-456' };
    const bound = getLoggerWithContext('module.name', context);
    bound.info('Log message text', { execution_time: 0.0123, custom_field: 'custom value' });
    expect(Object.keys(logs.entries[0] ?? {})).toEqual([
      'timestamp',
      'level',
      'name',
      'message',
      'module',
      'function',
      'lineno',
      'trace_id',
      'task_id',
      'agent_id',
      'custom_field',
      'execution_time',
    ]);
    expect(logs.entries[0]).toMatchObject({
      level: 'INFO',
      name: 'module.name',
      message: 'Log message text',
      module: 'json-formatter.test',
      lineno: expect.any(Number),
      custom_field: 'custom value',
      execution_time: 0.0123,
    });
  });

  it('has a time with microseconds that never runs backwards', () => {
    for (let count = 0; count < 2000; count += 1) logger.info('tick');
    const times = logs.entries.map((entry) => entry.timestamp);
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect([...times].sort()).toEqual(times);
    expect(Math.abs(Date.parse(times[0] ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('says who wrote it from the level on that is set', () => {
    setupLogging({});
    function named(): void {
      logger.info('no caller').warning('caller');
    }
    named();
    expect(logs.entries[0]).not.toHaveProperty('lineno');
    expect(logs.entries[1]).toMatchObject({ module: 'json-formatter.test', function: 'named' });
  });

  it('names the caller through timers, children and winston’s own ways', () => {
    setupLogging({ caller: 'always' });
    function caller(): void {
      logger.startTimer().done({ message: 'a' });
      logger.child({ a: 1 }).log('info', 'b');
      logger.log({ level: 'info', message: 'c' });
      logger.profile('p').profile('p');
    }
    caller();
    expect(logs.entries.map((entry) => entry['function'])).toEqual(Array(4).fill('caller'));
  });

  it('lets the call say where it was written, and keeps the fixed fields its own', () => {
    logger.info('moved', {
      module: 'm',
      function: 'f',
      lineno: 1,
      level: 'x',
      message: 'y',
      name: 'z',
    });
    expect(logs.entries[0]).toMatchObject({
      level: 'INFO',
      message: 'moved',
      module: 'm',
      function: 'f',
      lineno: 1,
      level_: 'x',
      message_: 'y',
      name_: 'z',
    });
  });

  it('has each name once, where a moved field’s new name is taken too', () => {
    logger.info('a', { level: 1, level_: 2 });
    runWithContext({ level_: 3, name: 'n' }, () => logger.info('b', { level: 4, level__: 5 }));
    setupLogging({ fields: { message: 6 }, caller: 'never' });
    getLoggerWithContext('n', { message_: 7 }).info('c');
    expect(logs.entries).toMatchObject([
      { level: 'INFO', level_: 2, level__: 1 },
      { level: 'INFO', level_: 3, level__: 5, level___: 4, name_: 'n' },
      { message: 'c', message_: 7, message__: 6 },
    ]);
    for (const line of logs.lines) {
      const names = [...line.matchAll(/[{,]"(\w+)":/g)].map(([, name]) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('carries the fields of the set-up below all others', () => {
    setupLogging({ fields: { app: 'demo', version: '1', level: 9 } });
    logger.info('a', { version: '2' });
    runWithContext({ app: 'other' }, () => logger.info('b'));
    logger.info('c');
    expect(logs.entries[0]).toMatchObject({ app: 'demo', version: '2', level_: 9 });
    expect(logs.entries[1]).toMatchObject({ app: 'other', version: '1' });
    expect(logs.entries[2]?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('writes errors with their causes and members', () => {
    const root = Object.assign(new Error('socket'), { code: 'ECONNREFUSED', port: 6379 });
    const cause = new TypeError('connect', { cause: root });
    const error = new AggregateError([new RangeError('one'), 'two'], 'both', { cause });
    logger.error('Failed', { error });
    expect(logs.entries[0]?.['error']).toMatchObject({
      type: 'AggregateError',
      message: 'both',
      errors: [{ type: 'RangeError', message: 'one' }, 'two'],
      cause: {
        type: 'TypeError',
        cause: { code: 'ECONNREFUSED', message: 'socket' },
      },
    });
    expect(JSON.stringify(logs.entries[0])).toContain('json-formatter.test.ts');
  });

  it('writes what JSON has no form for', () => {
    logger.info('values', {
      map: new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 2 }, 'object key'],
      ]),
      set: new Set([1, 2]),
      big: 10n ** 20n,
      nan: Number.NaN,
      date: new Date(0),
      never: new Date(Number.NaN),
      bytes: new Uint8Array(3),
      regexp: /x/g,
      url: new URL('https://example.com/a'),
      nothing: undefined,
      fn: function named() {},
      promise: Promise.resolve(),
      symbol: Symbol('s'),
    });
    expect(logs.entries[0]).toMatchObject({
      map: { a: 1, '{"b":2}': 'object key' },
      set: [1, 2],
      big: '100000000000000000000',
      nan: 'NaN',
      date: '1970-01-01T00:00:00.000Z',
      never: 'Invalid Date',
      bytes: '[Uint8Array, 3 bytes]',
      regexp: '/x/g',
      url: 'https://example.com/a',
      fn: '[Function named]',
      promise: '[Promise]',
      symbol: 'Symbol(s)',
    });
    expect(logs.entries[0]).not.toHaveProperty('nothing');
  });

  it('writes a Map and a Set of another realm like its own', () => {
    logger.info('values', {
      map: runInNewContext('new Map([["a", 1], ["password", "x"], ["b", new Set([1])]])'),
      large: runInNewContext('new Set(Array.from({ length: 300 }, (_, index) => index))'),
      fake: { [Symbol.toStringTag]: 'Map', a: 1 },
    });
    const [entry] = logs.entries;
    expect(entry).toMatchObject({ map: { a: 1, password: '**********', b: [1] }, fake: { a: 1 } });
    expect(entry?.['large']).toHaveLength(251);
  });

  it('is bounded whatever it is given', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`k${i}`, 'v'.repeat(2000)]),
    );
    let deep: unknown = 'end';
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    logger.info('m'.repeat(1_000_000), { big: 'x'.repeat(1_000_000) });
    logger.info('wide', wide);
    logger.info('nested', { wide, list: new Array(1_000_000).fill(1), deep });
    logger.info('many', { ...wide, ['k'.repeat(100_000)]: 1 });
    runWithContext(wide, () => logger.info('context'));
    logger.info('中'.repeat(20_000), {
      a: '中'.repeat(30_000),
      b: Array(50).fill('国'.repeat(16_000)),
    });
    for (const line of logs.lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(262_144);
    expect(logs.lines).toHaveLength(6);
    expect(logs.entries[5]).toMatchObject({ truncated: '1 fields' });
    expect(logs.entries[0]?.['big']).toMatch(/x…\[\d+ more\]$/);
  });

  it('stays one line of plain characters', () => {
    const text = 'a\n{"forged":1}\r\u2028\u2029\u0085\u001b[31m\u0000\u007f\u009b"\\\ud800';
    logger.info(text, { [text]: text });
    expect(logs.lines[0]).toMatch(/^[\u0020-\u007e]*$/);
    expect(logs.entries[0]?.message).toBe(text);
    expect(logs.entries[0]?.[text]).toBe(text);
  });

  it.each(['', 'word '.repeat(20), '漢字 '.repeat(40)])(
    'escapes each character that a reader might misread behind "%s"',
    (before) => {
      for (let code = 0; code < 0x2100; code += 1) {
        const message = `${before}${String.fromCharCode(code)} end`;
        logger.info(message);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks that none is left
        expect(logs.lines.at(-1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(logs.entries.at(-1)?.message).toBe(message);
      }
    },
  );
});

describe('what tells of itself with text that breaks out of a string', () => {
  const evil = '"}\n{"forged":"\u009b\u2028';

  class Dated extends Date {
    override toISOString(): string {
      return evil;
    }
    override getTime(): number {
      return 0;
    }
  }
  const made = Object.assign(new Uint8Array(3), { constructor: { name: evil } });
  const sized = Object.defineProperty(new Uint8Array(3), 'byteLength', { value: evil });

  it.each([
    ['a date', new Dated(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Dated(Number.NaN), 'Invalid Date'],
    ['bytes by the name of their class', made, `[${evil}, 3 bytes]`],
    ['bytes by their number', sized, `[Uint8Array, ${evil} bytes]`],
  ])('%s', (_, value, shown) => {
    logger.info('m', { value });
    expect(logs.lines[0]).toMatch(/^[\u0020-\u007e]*$/);
    expect(logs.entries).toMatchObject([{ message: 'm', value: shown }]);
  });

  it('a function by its name', () => {
    setupLogging({ caller: 'always' });
    const { [evil]: write } = { [evil]: () => void logger.info('m') };
    write?.();
    expect(logs.lines[0]).toMatch(/^[\u0020-\u007e]*$/);
    expect(logs.entries).toMatchObject([{ message: 'm', function: evil }]);
  });
});

describe('any value', () => {
  const places = ['message', 'field', 'fields', 'error', 'context', 'bound', 'rest'] as const;

  function write(place: (typeof places)[number], value: unknown): void {
    if (place === 'message') logger.info(value);
    else if (place === 'field') logger.info('m', { value });
    else if (place === 'fields') logger.info('m', value);
    else if (place === 'error') logger.error('m', new Error('e', { cause: value }));
    else if (place === 'context') runWithContext({ value }, () => logger.info('m'));
    else if (place === 'bound') getLoggerWithContext('n', { value }).info('m');
    else logger.log('info', 'm %s %j', value, { value }, value);
  }

  function expectOneLine(): void {
    expect(logs.lines).toHaveLength(1);
    expect(logs.lines[0]).not.toMatch(/[\n\r\u2028\u2029]/);
    expect(logs.entries[0]?.trace_id).toBeTypeOf('string');
    logs.clear();
  }

  it.each(hostileValues().map(({ name }, index) => [name, index] as const))(
    'gives one line: %s',
    (_, index) => {
      for (const place of places) {
        write(place, hostileValues()[index]?.value);
        expectOneLine();
      }
    },
  );

  it('gives exactly one valid line and never throws', () => {
    fc.assert(
      fc.property(hostileArbitrary(), fc.constantFrom(...places), ({ value }, place) => {
        write(place, value);
        expectOneLine();
      }),
      { numRuns: 1000 },
    );
  });

  it('is not a level, context or child that a logger breaks on', () => {
    for (const { value } of hostileValues()) {
      logger.log(value as string, 'm');
      logger.child(value as Record<string, unknown>).info('m');
    }
    expect(logs.lines).toHaveLength(2 * hostileValues().length);
  });

  it('leaves the caller’s objects as they were', () => {
    const fields = Object.freeze({ a: Object.freeze([1]), error: new Error('x') });
    const info = Object.freeze({ level: 'info', message: 'm', a: 1 });
    logger.info('m', fields);
    logger.log(info);
    expect(logs.entries).toHaveLength(2);
    expect(Object.keys(info)).toEqual(['level', 'message', 'a']);
  });
});

describe('JsonFormatter', () => {
  it('formats a record of one’s own', () => {
    const line = new JsonFormatter().format({
      timeMs: 1.5,
      level: 'INFO',
      name: 'n',
      message: 'm',
    });
    expect(line).toMatch(
      /^{"timestamp":"1970-01-01T00:00:00.001500Z","level":"INFO","name":"n","message":"m","trace_id":"[0-9a-f]{32}"}$/,
    );
  });

  it('is a winston format', () => {
    const info = new JsonFormatter().transform({ level: 'warn', message: 'm', password: 'p' });
    const line = (info as unknown as Record<symbol, string>)[Symbol.for('message')] ?? '';
    expect(JSON.parse(line)).toMatchObject({
      level: 'WARNING',
      message: 'm',
      password: '**********',
    });
  });

  it('never throws for an invalid record', () => {
    const format = new JsonFormatter();
    const record = { timeMs: 0, level: 'INFO', name: 'n', message: 'm' } as const;
    for (const wrong of [{ timeMs: Number.NaN }, { timeMs: 1e300 }, { message: undefined }]) {
      const line = format.format({ ...record, ...(wrong as object) });
      expect(JSON.parse(line)).toMatchObject({ level: 'INFO', name: 'n' });
    }
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['makes no JSON', () => 'text\nand more'],
  ])('loses no line where one made of it %s', (_, format) => {
    class Own extends JsonFormatter {
      override format(): string {
        return format();
      }
    }
    setupLogging({ format: new Own(), caller: 'never' });
    logger.info('kept', { a: 1 });
    expect(logs.entries).toMatchObject([{ message: 'kept', name: 'module.name' }]);
  });

  it('can be extended and given to the set-up', () => {
    class Tagged extends JsonFormatter {
      override format(record: Parameters<JsonFormatter['format']>[0]): string {
        return super.format({ ...record, fields: { ...record.fields, tag: 'mine' } });
      }
    }
    setupLogging({ format: new Tagged(), caller: 'never' });
    logger.info('m');
    expect(logs.entries[0]).toMatchObject({ tag: 'mine' });
  });
});

it('writes each string as it is, whichever strings came before it', () => {
  const format = new JsonFormatter();
  const same = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '"'), maxLength: 6 }));
  const ids = fc.array(fc.nat(9).map((id) => `a value with the id ${id}${'-'.repeat(id % 3)}`));
  fc.assert(
    fc.property(same, ids, fc.array(fc.nat(), { minLength: 50 }), (some, more, order) => {
      const strings = ['', ...some, ...more];
      const sent = order.map((at) => strings[at % strings.length] as string);
      const lines = sent.map((message) =>
        format.format({ timeMs: 0, level: 'INFO', name: 'shop', message, fields: { message } }),
      );
      expect(lines.map((line) => JSON.parse(line).message)).toEqual(sent);
      expect(lines.map((line) => JSON.parse(line).message_)).toEqual(sent);
    }),
  );
});

it('masks a string that becomes a secret after it was written', () => {
  const format = new JsonFormatter();
  const line = () =>
    format.format({ timeMs: 0, level: 'INFO', name: 'shop', message: 'of tomorrow', fields: {} });
  for (let count = 0; count < 3; count += 1) expect(line()).toContain('of tomorrow');
  const forget = registerSecrets(['of tomorrow']);
  expect(line()).not.toContain('of tomorrow');
  forget();
  expect(line()).toContain('of tomorrow');
});
