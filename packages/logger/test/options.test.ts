import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
} from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'logger-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('an option that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    ['level', { level: 'LOUD' }, /^level: no such value "LOUD"; allowed: TRACE, DEBUG, .*SILENT$/],
    ['level that is no text', { level: 7 }, /^level: no such value 7;/],
    ['levels', { levels: { 'map.x': 'LOUD' } }, /^levels\.map\.x: no such value "LOUD"/],
    ['levels as text', { levels: 'map.x' }, /^levels: no such value "map.x"; allowed: map/],
    ['format', { format: 'xml' }, /^format: no such value "xml"; allowed: json, text/],
    [
      'format that no output uses',
      { format: 'xml', console: false },
      /^format: no such value "xml"/,
    ],
    ['console format', { console: { format: 'xml' } }, /^console\.format: no such value "xml"/],
    ['format null', { format: null }, /no such value null/],
    [
      'preset',
      { preset: 'prod' },
      /^preset: no such value "prod"; allowed: production, dev.*test$/,
    ],
    ['console', { console: 'paper' }, /^console: no such value "paper"; allowed: stdout, stderr$/],
    ['console level', { console: { level: 'X' } }, /^console\.level: no such value "X"/],
    ['file', { file: '' }, /^file: no such value "";/],
    ['file that is a folder', { file: folder }, /^file: no such value "\/.*logger-options/],
    ['file with a zero byte', { file: 'a\0b' }, /^file: no such value/],
    ['file that is no text', { file: 5 }, /^file: no such value 5/],
    ['file level', { file: { path: 'x', level: 'X' } }, /^file\.level: no such value "X"/],
    ['rotation', { file: { path: 'x', rotate: {} } }, /^file\.rotate: no such value object/],
    [
      'rotation size',
      { file: { path: 'x', rotate: { sizeBytes: -1 } } },
      /^file\.rotate\.sizeBytes: no such value -1; allowed: a whole number above 0$/,
    ],
    ['rotation name', { file: { path: 'x', rotate: { dialy: true } } }, /no such value "dialy"/],
    [
      'rotation by day',
      { file: { path: 'x', rotate: { sizeBytes: 9, daily: 'yes' } } },
      /^file\.rotate\.daily: no such value "yes"; allowed: true, false$/,
    ],
    [
      'rotation compression',
      { file: { path: 'x', rotate: { daily: true, compress: 'none' } } },
      /^file\.rotate\.compress: no such value "none"; allowed: true, false$/,
    ],
    ['redact default', { redact: { defaultKeys: 'no' } }, /^redact\.defaultKeys: .*"no"/],
    ['file name', { file: { path: 'x', rotat: {} } }, /^file: no such value "rotat"/],
    ['console name', { console: { strem: 'stderr' } }, /^console: no such value "strem"/],
    ['file null', { file: null }, /^file: no such value null/],
    ['levels null', { levels: null }, /^levels: no such value null/],
    ['levels as a number', { levels: 5 }, /^levels: no such value 5/],
    ['fields', { fields: 'app' }, /^fields: no such value "app"; allowed: an object/],
    ['redact', { redact: null }, /^redact: no such value null; allowed: an object/],
    ['redact name', { redact: { key: [] } }, /^redact: no such value "key"; allowed: keys, paths/],
    ['redact keys', { redact: { keys: 'pin' } }, /^redact\.keys: no such value "pin"/],
    ['redact key', { redact: { keys: [5] } }, /^redact\.keys: .*a list of strings/],
    [
      'redact values',
      { redact: { values: 'sk-secret' } },
      /^redact\.values: no such value "string"/,
    ],
    ['redact value', { redact: { values: [5] } }, /^redact\.values: no such value "number"/],
    ['uncaught', { uncaught: 'yes' }, /^uncaught: no such value "yes"; allowed: true, false/],
    ['all of it', null, /^option: no such value null; allowed: an object/],
    ['caller', { caller: 'sometimes' }, /^caller: no such value "sometimes"; allowed: always, nev/],
    ['buffering', { buffering: 'hour' }, /^buffering: no such value "hour"; allowed: tick, line$/],
    ['transports', { transports: {} }, /^transports: no such value object/],
    ['transport', { transports: [5] }, /^transports: no such value 5/],
    [
      'name of an option',
      { levle: 'INFO' },
      /^option: no such value "levle"; allowed: preset, lev/,
    ],
  ])('is named with its value and what is allowed: %s', (_, options, message) => {
    expect(() => setupLogging(options as LoggingOptions)).toThrow(message);
    expect(() => setupLogging(options as LoggingOptions)).toThrow(
      expect.objectContaining({ name: 'LoggingOptionError', code: 'LOGGING_OPTION_INVALID' }),
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
    ['a pattern', () => setLogLevel(5 as never, 'DEBUG'), /^pattern: no such value 5/],
    ['a secret', () => addLogSecrets([5 as never]), /^redact\.values: no such value "number"/],
  ])('%s that cannot be used is named', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('one secret in a list’s place is one secret, not letters', () => {
    addLogSecrets('sk-alone' as never);
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
