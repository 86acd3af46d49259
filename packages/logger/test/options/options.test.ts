import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  addLogSecrets,
  captureLogs,
  closeLogging,
  getLogger,
  getLoggingStats,
  getLogLevel,
  type LoggingOptions,
  setLogLevel,
  setupLogging,
} from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'logger-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('an option that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    ['level', { level: 'LOUD' }, /^`level` must be .*, got "LOUD"\.$/],
    ['level that is not a string', { level: 7 }, /^`level` must be .*, got 7\.$/],
    ['levels', { levels: { 'map.x': 'LOUD' } }, /^`levels\.map\.x` must be .*, got "LOUD"\.$/],
    ['levels as text', { levels: 'map.x' }, /^`levels` must be .*, got "map.x"\.$/],
    ['format', { format: 'xml' }, /^`format` must be .*, got "xml"\.$/],
    [
      'format that no output uses',
      { format: 'xml', console: false },
      /^`format` must be .*, got "xml"\.$/,
    ],
    [
      'console format',
      { console: { format: 'xml' } },
      /^`console\.format` must be .*, got "xml"\.$/,
    ],
    ['format null', { format: null }, /^`format` must be .*, got null\.$/],
    ['preset', { preset: 'prod' }, /^`preset` must be .*, got "prod"\. Did you mean production\?$/],
    ['console', { console: 'paper' }, /^`console` must be .*, got "paper"\.$/],
    ['console level', { console: { level: 'X' } }, /^`console\.level` must be .*, got "X"\.$/],
    ['file', { file: '' }, /^`file` must be .*, got ""\.$/],
    [
      'file that is a folder',
      { file: folder },
      /^`file` must be the path of a file, got "\/.*logger-options.*"\.$/,
    ],
    ['file with a zero byte', { file: 'a\0b' }, /^`file` must be the path of a file/],
    ['file that is not a string', { file: 5 }, /^`file` must be .*, got 5\.$/],
    ['file level', { file: { path: 'x', level: 'X' } }, /^`file\.level` must be .*, got "X"\.$/],
    [
      'rotation',
      { file: { path: 'x', rotate: {} } },
      /^`file\.rotate` must be .*, got an object\.$/,
    ],
    [
      'rotation size',
      { file: { path: 'x', rotate: { sizeBytes: -1 } } },
      /^`file\.rotate\.sizeBytes` must be .*, got -1\.$/,
    ],
    [
      'rotation name',
      { file: { path: 'x', rotate: { dialy: true } } },
      /^`file\.rotate` must be .*, got "dialy"\. Did you mean daily\?$/,
    ],
    [
      'rotation by day',
      { file: { path: 'x', rotate: { sizeBytes: 9, daily: 'yes' } } },
      /^`file\.rotate\.daily` must be .*, got "yes"\.$/,
    ],
    [
      'rotation compression',
      { file: { path: 'x', rotate: { daily: true, compress: 'none' } } },
      /^`file\.rotate\.compress` must be .*, got "none"\.$/,
    ],
    [
      'redact default',
      { redact: { defaultKeys: 'no' } },
      /^`redact\.defaultKeys` must be true or false, got "no"\.$/,
    ],
    [
      'file name',
      { file: { path: 'x', rotat: {} } },
      /^`file` must be .*, got "rotat"\. Did you mean rotate\?$/,
    ],
    [
      'console name',
      { console: { strem: 'stderr' } },
      /^`console` must be .*, got "strem"\. Did you mean stream\?$/,
    ],
    ['file null', { file: null }, /^`file` must be .*, got null\.$/],
    ['levels null', { levels: null }, /^`levels` must be .*, got null\.$/],
    ['levels as a number', { levels: 5 }, /^`levels` must be .*, got 5\.$/],
    ['fields', { fields: 'app' }, /^`fields` must be .*, got "app"\.$/],
    ['redact', { redact: null }, /^`redact` must be .*, got null\.$/],
    [
      'redact name',
      { redact: { key: [] } },
      /^`redact` must be one of keys, .*, got "key"\. Did you mean keys\?$/,
    ],
    ['redact keys', { redact: { keys: 'pin' } }, /^`redact\.keys` must be .*, got "pin"\.$/],
    [
      'redact key',
      { redact: { keys: [5] } },
      /^`redact\.keys` must be an array of strings, got an array\.$/,
    ],
    [
      'redact values',
      { redact: { values: 'sk-secret' } },
      /^`redact\.values` must be .*, got "string"\.$/,
    ],
    [
      'redact value',
      { redact: { values: [5] } },
      /^`redact\.values` must be an array of strings or .*, got an array\.$/,
    ],
    ['uncaught', { uncaught: 'yes' }, /^`uncaught` must be .*, got "yes"\.$/],
    ['all of it', null, /^`option` must be .*, got null\.$/],
    ['caller', { caller: 'sometimes' }, /^`caller` must be .*, got "sometimes"\.$/],
    ['buffering', { buffering: 'hour' }, /^`buffering` must be .*, got "hour"\.$/],
    ['transports', { transports: {} }, /^`transports` must be .*, got an object\.$/],
    ['transport', { transports: [5] }, /^`transports` must be .*, got 5\.$/],
    [
      'name of an option',
      { levle: 'INFO' },
      /^`option` must be .*, got "levle"\. Did you mean level\?$/,
    ],
  ])('is named with its value and what is allowed: %s', (_, options, message) => {
    expect(() => setupLogging(options as LoggingOptions)).toThrow(message);
    expect(() => setupLogging(options as LoggingOptions)).toThrow(
      expect.objectContaining({ name: 'LoggingOptionError', code: 'LOGGING_OPTION_INVALID' }),
    );
  });

  it.each([
    { level: 'sk-proj-NOBODYMAYSEE4711abcdef' },
    { levels: 'map=sk-proj-NOBODYMAYSEE4711abcdef' },
    { levels: 'password=NOBODYMAYSEE=DEBUG' },
    { format: 'https://app:NOBODYMAYSEE@host' },
    { 'sk-proj-NOBODYMAYSEE4711abcdef': true },
  ])('is shown without a secret that stands in the wrong place: %j', (options) => {
    expect(() => setupLogging(options as LoggingOptions)).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('NOBODY'),
        stack: expect.not.stringContaining('NOBODY'),
      }),
    );
  });

  it('leaves the set-up before it as it was', () => {
    setupLogging({ level: 'ERROR', file: join(folder, 'kept.log'), console: false });
    expect(() => setupLogging({ level: 'LOUD' as 'INFO' })).toThrow(/LOUD/);
    expect(getLogLevel()).toBe('ERROR');
    expect(getLoggingStats().map((output) => output.name)).toEqual([join(folder, 'kept.log')]);
  });

  it('never shows a registered secret', () => {
    const error = (() => {
      try {
        setupLogging({ redact: { values: ['sk-secret'] }, level: 'LOUD' as 'INFO' });
        return '';
      } catch (thrown) {
        return String(thrown);
      }
    })();
    expect(error).not.toContain('sk-secret');
  });
});

describe('at run time', () => {
  it.each([
    ['a pattern', () => setLogLevel(5 as never, 'DEBUG'), /^`pattern` must be .*, got 5\.$/],
    [
      'a secret',
      () => addLogSecrets([5 as never]),
      /^`values` must be an array of strings or .*, got an array with a value of type number\.$/,
    ],
  ])('%s that cannot be used is named', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('one secret in a list’s place is one secret, not letters', () => {
    onTestFinished(addLogSecrets('sk-alone' as never));
    setupLogging({ console: false });
    const logs = captureLogs();
    getLogger('x').info('k', { a: 'with sk-alone' });
    logs.stop();
    expect(logs.entries).toMatchObject([{ message: 'k', a: 'with **********' }]);
  });
});

describe('a preset', () => {
  it.each([
    ['production', 'INFO', 'stdout'],
    ['development', 'DEBUG', 'stdout'],
    ['test', 'WARNING', 'stderr'],
  ] as const)('%s', (preset, level, output) => {
    setupLogging({ preset });
    expect(getLogLevel()).toBe(level);
    expect(getLoggingStats()).toMatchObject([{ name: output }]);
  });

  it('gives way to what is said beside it', () => {
    setupLogging({ preset: 'test', level: 'TRACE', console: false });
    expect(getLogLevel()).toBe('TRACE');
    expect(getLoggingStats()).toEqual([]);
  });
});

describe('a set-up', () => {
  it('replaces the one before it, for loggers handed out before', async () => {
    const logger = getLogger('early');
    setupLogging({ level: 'ERROR', console: false });
    expect(logger.isWarnEnabled()).toBe(false);
    setupLogging({ level: 'DEBUG', fields: { app: 'second' } });
    const logs = captureLogs();
    logger.debug('m');
    logs.stop();
    expect(logs.entries[0]).toMatchObject({ app: 'second' });
    await closeLogging();
    expect(getLogLevel()).toBe('INFO');
    expect(getLogger('early')).toBe(logger);
  });

  it('undefined options count as not given', () => {
    setupLogging({ level: undefined, file: undefined, format: undefined, console: undefined });
    expect(getLoggingStats()).toMatchObject([{ name: 'stdout' }]);
  });
});

it.each([Number.NaN, -1, '5', 5n, null])(
  'a limit of closeLogging() that is %s is refused',
  async (timeoutMs) => {
    const closed = closeLogging({ timeoutMs: timeoutMs as never });
    if (timeoutMs === null) await closed;
    else
      await expect(closed).rejects.toThrow('`timeoutMs` must be a number of milliseconds from 0');
  },
);
