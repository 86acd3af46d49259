import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import {
  captureLogs,
  closeLogging,
  getLogger,
  getLoggerWithContext,
  getLoggingStats,
  runWithContext,
  setLogLevel,
  setupLogging,
  type WinstonFormat,
} from '../../src/index.ts';
import { toWinston } from '../../src/winston/to-winston.ts';

const { combine, colorize, label, printf, simple, timestamp, uncolorize } = winston.format;
const logger = getLogger('test');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logger-winston-'));
  setupLogging({ console: false, caller: 'never' });
});
afterEach(async () => {
  await closeLogging();
  rmSync(folder, { recursive: true });
});

/** A stream transport and what was written to it. */
function collecting(options: object = {}): { transport: winston.transport; lines: string[] } {
  const stream = new PassThrough();
  const lines: string[] = [];
  stream.on('data', (chunk: Buffer) => lines.push(...String(chunk).split('\n').slice(0, -1)));
  return { transport: new winston.transports.Stream({ stream, ...options }), lines };
}

describe('toWinston', () => {
  it('makes a real winston logger, one for each logger', () => {
    const made = toWinston(logger);
    expect(made).toBeInstanceOf(winston.Logger);
    expect(toWinston(logger)).toBe(made);
    expect(toWinston(getLogger('other'))).not.toBe(made);
  });

  it('gives every form of winston’s calls to the logger, in its context', () => {
    setupLogging({ level: 'TRACE', caller: 'never' });
    const logs = captureLogs();
    const made = toWinston(getLoggerWithContext('shop', { tenant: 't1' }));
    runWithContext({ trace_id: 'trace' }, () => {
      made.info('plain', { order: 5 });
      made.log('warn', 'by name');
      made.log({ level: 'debug', message: 'info object', password: 'p' });
      made.error(new RangeError('broken'));
      made.info('%s has %d', 'cart', 2);
      made.child({ part: 'child' }).verbose('from a child');
      made.write({ level: 'info', message: 'written' });
      made.startTimer().done({ message: 'timed' });
    });
    logs.stop();
    expect(logs.entries).toMatchObject([
      { level: 'INFO', message: 'plain', order: 5, tenant: 't1', trace_id: 'trace' },
      { level: 'WARNING', message: 'by name' },
      { level: 'DEBUG', message: 'info object', password: '**********' },
      { level: 'ERROR', message: 'broken', error: { type: 'RangeError' } },
      { level: 'INFO', message: 'cart has 2' },
      { level: 'VERBOSE', message: 'from a child', part: 'child' },
      { level: 'INFO', message: 'written' },
      { level: 'INFO', message: 'timed', durationMs: expect.any(Number) },
    ]);
    expect(logs.entries).toHaveLength(8);
  });

  it('names the code that called winston as the caller', () => {
    setupLogging({ caller: 'always' });
    const logs = captureLogs();
    function shop(): void {
      toWinston(logger).info('a');
      toWinston(logger).child({ part: 1 }).warn('b');
      toWinston(logger).log('error', 'c');
    }
    shop();
    logs.stop();
    const places = logs.entries.map((entry) => `${entry['module']} ${entry['function']}`);
    expect(places).toEqual(Array(3).fill('to-winston.test shop'));
  });

  it('has the levels of the logger, which may change', () => {
    const made = toWinston(getLogger('levels'));
    expect(made.isDebugEnabled()).toBe(false);
    setLogLevel('levels', 'DEBUG');
    expect(made.isDebugEnabled()).toBe(true);
    setLogLevel('levels', 'OFF');
    expect(made.isErrorEnabled()).toBe(false);
  });
});

describe('a winston transport of the set-up', () => {
  it('File gets the JSON line', async () => {
    const file = new winston.transports.File({ filename: join(folder, 'w.log') });
    setupLogging({ console: false, transports: [file] });
    for (let index = 0; index < 1000; index += 1) logger.info('to winston’s file', { index });
    await closeLogging();
    const lines = readFileSync(join(folder, 'w.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).index)).toEqual([...Array(1000).keys()]);
  });

  it('Http posts the info', async () => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        bodies.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const http = new winston.transports.Http({ host: '127.0.0.1', port });
    setupLogging({ console: false, transports: [http] });
    logger.info('posted', { order: 5, password: 'p' });
    await vi.waitUntil(() => bodies.length === 1, 20_000);
    expect(bodies[0]).toMatchObject({
      level: 'info',
      message: 'posted',
      order: 5,
      password: '**********',
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('winston-daily-rotate-file writes its dated file', async () => {
    const transport = new DailyRotateFile({
      dirname: folder,
      filename: 'app-%DATE%.log',
      datePattern: 'YYYY-MM-DD',
      level: 'error',
      auditFile: join(folder, 'audit.json'),
    });
    setupLogging({ console: false, transports: [transport] });
    logger.info('below its level').error('rotated daily');
    await closeLogging();
    await vi.waitUntil(
      () => readdirSync(folder).some((name) => /^app-[\d-]+\.log$/.test(name)),
      20_000,
    );
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('app-'));
    await vi.waitUntil(() => readFileSync(join(folder, name), 'utf8') !== '', 20_000);
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ message: 'rotated daily', level: 'ERROR' });
  });

  it('has its own level and format, changed at any time', () => {
    const { transport, lines } = collecting({
      level: 'debug',
      format: combine(
        label({ label: 'L' }),
        printf((info) => `${info['label']} ${info.message}`),
      ),
    });
    setupLogging({ console: false, transports: [transport] });
    expect(logger.isDebugEnabled()).toBe(true);
    logger.debug('detail').silly('too much');
    transport.level = 'error';
    expect(logger.isInfoEnabled()).toBe(false);
    logger.info('not any more').error('still');
    transport.silent = true;
    logger.error('silent');
    expect(lines).toEqual(['L detail', 'L still']);
  });

  it('sees the level of a name that is more talkative than the rest', () => {
    const { transport, lines } = collecting({ format: simple() });
    setupLogging({ console: false, levels: 'map.agents=DEBUG', transports: [transport] });
    getLogger('map.agents').debug('wanted');
    getLogger('map.other').debug('not wanted');
    expect(lines).toHaveLength(1);
  });

  it('is listed with the other outputs', () => {
    setupLogging({ console: 'stderr', level: 'OFF', transports: [collecting().transport] });
    expect(getLoggingStats()).toMatchObject([{ name: 'stderr' }, { name: 'Stream' }]);
  });

  it('brings no warning, however many there are', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown): unknown => warnings.push(warning);
    process.on('warning', listen);
    const file = new winston.transports.File({ filename: join(folder, 'many.log') });
    const transports = [file, ...Array.from({ length: 20 }, () => collecting().transport)];
    setupLogging({ console: false, transports });
    for (let index = 0; index < 1000; index += 1) logger.info('m'.repeat(100));
    await closeLogging();
    process.off('warning', listen);
    expect(warnings).toEqual([]);
    expect(readFileSync(join(folder, 'many.log'), 'utf8').trim().split('\n')).toHaveLength(1000);
  });

  it('gets a field named exception like any other', () => {
    const { transport, lines } = collecting();
    setupLogging({ console: false, transports: [transport] });
    logger.info('m', { exception: true });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ exception: true });
  });
});

describe('a winston format of the set-up', () => {
  it('runs in the call, with the context at hand', async () => {
    const { transport, lines } = collecting();
    const format = combine(
      colorize(),
      uncolorize(),
      timestamp(),
      printf((info) => `${info.level}|${info['trace_id']}|${info.message}`),
    );
    setupLogging({ console: false, format: format as WinstonFormat, transports: [transport] });
    await runWithContext({ trace_id: 't1' }, async () => logger.info('m'));
    expect(lines).toEqual(['info|t1|m']);
  });

  it('may drop a line, and one that throws does not', () => {
    const { transport, lines } = collecting();
    const quiet = winston.format((info) => (info.message === 'secret' ? false : info));
    const broken = winston.format(() => {
      throw new Error('format broken');
    });
    setupLogging({ console: false, format: quiet() as WinstonFormat, transports: [transport] });
    logger.info('secret').info('fine');
    setupLogging({ console: false, format: broken() as WinstonFormat, transports: [transport] });
    expect(() => logger.info('kept')).not.toThrow();
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['fine', 'kept']);
  });

  it('sees errors with a stack, and timings', () => {
    const { transport, lines } = collecting({
      format: printf(
        (info) => `${String(info['stack']).split('\n')[0]} ${typeof info['durationMs']}`,
      ),
    });
    setupLogging({ console: false, transports: [transport] });
    logger.error('m', new RangeError('x'));
    logger.startTimer().done({ message: 'm' });
    expect(lines).toEqual(['RangeError: x undefined', 'undefined number']);
  });
});
