import { afterEach, describe, expect, it } from 'vitest';
import {
  captureLogs,
  getLogger,
  getLogLevel,
  LEVEL_NAMES,
  LoggingOptionError,
  setLogLevel,
  setupLogging,
} from '../../src/index.ts';

afterEach(() => {
  setupLogging({ console: false });
});

/** The messages that come through while one line of each level is written. */
function written(name: string): string[] {
  const seen: string[] = [];
  const logger = getLogger(name);
  for (const level of ['trace', 'debug', 'verbose', 'http', 'info', 'warning', 'error'] as const) {
    if (logger.isLevelEnabled(level)) seen.push(level);
  }
  return seen;
}

describe('levels', () => {
  it.each([
    ['WARNING', 'WARNING'],
    ['warn', 'WARNING'],
    ['silly', 'TRACE'],
    ['fatal', 'CRITICAL'],
    ['crit', 'CRITICAL'],
    ['http', 'HTTP'],
    [' Debug ', 'DEBUG'],
    ['off', 'OFF'],
  ] as const)('understands %s', (given, expected) => {
    setupLogging({ level: given as 'INFO', console: 'stderr' });
    expect(getLogLevel()).toBe(expected);
  });

  it('lets a line through from its level on', () => {
    setupLogging({ level: 'HTTP' });
    expect(written('any')).toEqual(['http', 'info', 'warning', 'error']);
  });

  it('holds for a name and all names below it', () => {
    setupLogging({ levels: 'map.agents=DEBUG, map.agents.noisy=ERROR' });
    expect(getLogLevel('map.agents.planner')).toBe('DEBUG');
    expect(getLogLevel('map.agents')).toBe('DEBUG');
    expect(getLogLevel('map.agents.noisy.one')).toBe('ERROR');
    expect(getLogLevel('map.agentsmith')).toBe('INFO');
    expect(written('map.agents.planner')).toContain('debug');
    expect(written('map.http')).not.toContain('debug');
  });

  it('takes patterns, and the more special rule wins whatever the order', () => {
    setupLogging({ levels: { 'map.*.http': 'OFF', 'map.pay.http': 'TRACE', 'map.*': 'ERROR' } });
    expect(getLogLevel('map.users.http')).toBe('OFF');
    expect(getLogLevel('map.pay.http')).toBe('TRACE');
    expect(getLogLevel('map.users')).toBe('ERROR');
    expect(written('map.users.http')).toEqual([]);
  });

  it('changes at run time, for loggers handed out before', () => {
    setupLogging({});
    const logger = getLogger('map.tools.search');
    expect(logger.isDebugEnabled()).toBe(false);
    setLogLevel('map.tools', 'debug');
    expect(logger.isDebugEnabled()).toBe(true);
    setLogLevel('map.tools', undefined);
    expect(logger.isDebugEnabled()).toBe(false);
    setLogLevel('*', 'TRACE');
    expect(logger.isTraceEnabled()).toBe(true);
  });

  it('is what the set-up says again when a change is taken back', () => {
    setupLogging({ level: 'WARNING', levels: 'map.agents=ERROR' });
    const levels = (): string[] => [getLogLevel(), getLogLevel('map.agents'), getLogLevel('x')];
    for (const pattern of ['*', 'root', 'map.agents', 'x']) setLogLevel(pattern, 'DEBUG');
    expect(levels()).toEqual(['DEBUG', 'DEBUG', 'DEBUG']);
    for (const pattern of ['*', 'map.agents', 'x']) setLogLevel(pattern, undefined);
    expect(levels()).toEqual(['WARNING', 'ERROR', 'WARNING']);
  });

  it('is set through a logger too, and for one child alone', () => {
    setupLogging({ level: 'WARNING' });
    const parent = getLogger('map.memory');
    const child = parent.child({ part: 'index' });
    child.level = 'debug';
    expect(child.isDebugEnabled()).toBe(true);
    expect(child.level).toBe('debug');
    expect(parent.isInfoEnabled()).toBe(false);
    parent.level = 'INFO';
    expect(parent.level).toBe('info');
    setLogLevel('*', 'ERROR');
    expect(child.isDebugEnabled()).toBe(true);
  });

  it('matches a pattern of many stars in linear time', () => {
    const name = 'ab.'.repeat(100_000);
    setupLogging({ levels: { [`${'*a'.repeat(9)}*z`]: 'DEBUG', [`${'*b'.repeat(9)}*`]: 'ERROR' } });
    const before = process.cpuUsage();
    expect(getLogLevel(name)).toBe('ERROR');
    expect(getLogLevel('a'.repeat(80))).toBe('INFO');
    expect(getLogLevel(`${'a'.repeat(80)}z`)).toBe('DEBUG');
    expect(getLogLevel(`${'a'.repeat(80)}z.below`)).toBe('DEBUG');
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it('refuses a pattern that is too long to be matched quickly', () => {
    expect(() => setLogLevel('a'.repeat(257), 'DEBUG')).toThrow(
      /^`pattern` must be a string of at most 256 characters/,
    );
    const pattern = `*${'a'.repeat(255)}`;
    setLogLevel(pattern, 'DEBUG');
    const before = process.cpuUsage();
    expect(getLogLevel('a'.repeat(1_000_000))).toBe('DEBUG');
    expect(getLogLevel(`${'a'.repeat(1_000_000)}b`)).toBe('INFO');
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
    setLogLevel(pattern, undefined);
  });

  it.each([
    ['map.*', 'map.a', true],
    ['map.*', 'map', false],
    ['map*', 'map', true],
    ['*.http', 'a.b.http', true],
    ['*.http', 'a.b.http.client', true],
    ['*.http', 'a.https', false],
    ['a*b*c', 'a.b.x.c.d', true],
    ['a*b*c', 'abcb', false],
    ['a*c', 'abcxc', true],
    ['**', 'anything', true],
    ['a.b', 'a.b.c', true],
    ['a.b', 'a.bc', false],
    ['a+(b', 'a+(b', true],
  ])('%s matches %s: %s', (pattern, name, expected) => {
    setupLogging({ levels: { [pattern]: 'DEBUG' } });
    expect(getLogLevel(name)).toBe(expected ? 'DEBUG' : 'INFO');
  });

  it('has one list of names, and takes each of them in either case', () => {
    for (const level of LEVEL_NAMES) {
      setupLogging({ level, console: 'stderr', levels: `map.http=${level.toLowerCase()}` });
      expect(LEVEL_NAMES).toContain(getLogLevel());
    }
    for (const name of ['verbose', 'http', 'off', 'silent', 'notice', 'crit', 'silly', 'notset']) {
      expect(LEVEL_NAMES).toContain(name.toUpperCase());
    }
  });

  it('names what it cannot use', () => {
    const error = catching(() => setLogLevel('map', 'LOUD' as 'INFO'));
    expect(error).toBeInstanceOf(LoggingOptionError);
    expect(error.message).toMatch(/^`level` must be .*, got "LOUD"\.$/);
  });

  it('writes every level by its name', () => {
    setupLogging({ caller: 'never' });
    const logs = captureLogs();
    const logger = getLogger('all');
    logger.trace('a').silly('b').debug('c').verbose('d').http('e').info('f');
    logger.warning('g').warn('h').error('i').critical('j');
    logs.stop();
    expect(logs.entries.map((entry) => entry.level)).toEqual([
      'TRACE',
      'TRACE',
      'DEBUG',
      'VERBOSE',
      'HTTP',
      'INFO',
      'WARNING',
      'WARNING',
      'ERROR',
      'CRITICAL',
    ]);
  });
});

function catching(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
