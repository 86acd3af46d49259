import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import {
  closeLogging,
  getLogger,
  getLoggerWithContext,
  type Listener,
  runWithContext,
  setupLogging,
  type WinstonFormat,
} from '../src/index.ts';
import { toWinston } from '../src/winston.ts';

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

describe('a logger', () => {
  it('is a winston logger, before anything of winston was used and after', () => {
    expect(getLogger('fresh')).toBeInstanceOf(winston.Logger);
    expect(getLoggerWithContext('fresh', {})).toBeInstanceOf(winston.Logger);
  });

  it('has every member of winston’s logger', () => {
    const missing: string[] = [];
    for (let type = winston.Logger.prototype; type !== null; type = Object.getPrototypeOf(type)) {
      for (const name of Object.getOwnPropertyNames(type)) {
        // Node's own newer stream helpers are for streams that are read.
        if (!(name in logger)) missing.push(name);
      }
    }
    expect(missing).toEqual([]);
  });

  it('is nothing to wait for and nothing else', async () => {
    expect(await logger).toBe(logger);
    expect(String(logger)).toBe('[object Object]');
    expect('then' in logger).toBe(false);
  });

  it('works where a program expects a winston logger', () => {
    const profiler = new (class {
      readonly logger: unknown;
      constructor(given: unknown) {
        if (!(given instanceof winston.Logger)) throw new Error('Logger is required');
        this.logger = given;
      }
    })(logger);
    expect(profiler.logger).toBe(logger);
  });
});

describe('toWinston', () => {
  it('sees a logger as winston’s type', () => {
    const { transport, lines } = collecting();
    const typed: winston.Logger = toWinston(logger);
    typed.add(transport).log('info', 'typed', { a: 1 });
    typed.child({ b: 2 }).info('child');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['typed', 'child']);
  });
});

describe('transports', () => {
  it('File gets the JSON line', async () => {
    logger.add(new winston.transports.File({ filename: join(folder, 'w.log') }));
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
    logger.add(new winston.transports.Http({ host: '127.0.0.1', port }));
    logger.info('posted', { order: 5, password: 'p' });
    await vi.waitUntil(() => bodies.length === 1);
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
    logger.add(transport);
    logger.info('below its level').error('rotated daily');
    await closeLogging();
    await vi.waitUntil(() => readdirSync(folder).some((name) => /^app-[\d-]+\.log$/.test(name)));
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('app-'));
    await vi.waitUntil(() => readFileSync(join(folder, name), 'utf8') !== '');
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ message: 'rotated daily', level: 'ERROR' });
  });

  it('have levels and formats of their own, changed at any time', () => {
    const { transport, lines } = collecting({
      level: 'debug',
      format: combine(
        label({ label: 'L' }),
        printf((info) => `${info['label']} ${info.message}`),
      ),
    });
    logger.add(transport);
    expect(logger.isDebugEnabled()).toBe(true);
    logger.debug('detail').silly('too much');
    transport.level = 'error';
    expect(logger.isInfoEnabled()).toBe(false);
    logger.info('not any more').error('still');
    expect(lines).toEqual(['L detail', 'L still']);
  });

  it('see the level of a name that is more talkative than the rest', () => {
    setupLogging({ console: false, levels: 'map.agents=DEBUG' });
    const { transport, lines } = collecting({ format: simple() });
    logger.add(transport);
    getLogger('map.agents').debug('wanted');
    getLogger('map.other').debug('not wanted');
    expect(lines).toHaveLength(1);
  });

  it('of the set-up are used, removed, listed and cleared', () => {
    const first = collecting();
    const second = collecting();
    setupLogging({ console: 'stderr', level: 'WARNING', transports: [first.transport] });
    logger.add(second.transport);
    expect(logger.transports.map(nameOf)).toEqual(['stderr', 'stream', 'stream']);
    logger.remove(first.transport as never);
    logger.error('to the second');
    expect(first.lines).toEqual([]);
    expect(second.lines).toHaveLength(1);
    logger.clear();
    expect(logger.transports).toEqual([]);
    expect(logger.isErrorEnabled()).toBe(false);
  });

  it('of our own write what they have when they are removed', () => {
    const path = join(folder, 'own.log');
    setupLogging({ console: false, file: path });
    logger.info('m');
    const [own] = logger.transports;
    logger.remove(own as never);
    logger.info('not for it');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ message: 'm' });
  });

  it('twenty of them bring no warning', () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown): unknown => warnings.push(warning);
    process.on('warning', listen);
    for (let index = 0; index < 20; index += 1) logger.add(collecting().transport);
    logger.info('m');
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('get a field named exception like any other', () => {
    const { transport, lines } = collecting();
    logger.add(transport);
    logger.info('m', { exception: true });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ exception: true });
  });
});

describe('formats', () => {
  it('of the logger are run in the call, with the context at hand', async () => {
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
    logger.configure({ format: broken(), transports: [collecting().transport] });
    expect(() => logger.info('m')).not.toThrow();
    expect(lines).toHaveLength(1);
  });

  it('see errors with a stack, and timings', () => {
    const { transport, lines } = collecting({
      format: printf(
        (info) => `${String(info['stack']).split('\n')[0]} ${typeof info['durationMs']}`,
      ),
    });
    logger.add(transport);
    logger.error('m', new RangeError('x'));
    logger.startTimer().done({ message: 'm' });
    expect(lines).toEqual(['RangeError: x undefined', 'undefined number']);
  });
});

describe('what winston’s logger does', () => {
  it('configure replaces transports and level', () => {
    const old = collecting();
    const fresh = collecting();
    logger.add(old.transport);
    logger.configure({ level: 'debug', transports: [fresh.transport], defaultMeta: { app: 'x' } });
    logger.child({ app: 'child' }).debug('m');
    logger.debug('m');
    expect(old.lines).toEqual([]);
    expect(fresh.lines.map((line) => JSON.parse(line)['app'])).toEqual(['child', 'x']);
  });

  it('syslog’s levels are understood, with methods and for a transport', () => {
    const { transport, lines } = collecting({ level: 'notice' });
    logger.configure({ levels: winston.config.syslog.levels, transports: [transport] });
    logger.emerg('a').alert('b').crit('c').notice('d').debug('e').log('notice', 'f');
    (logger as unknown as winston.Logger).notice('g');
    expect(
      lines.map((line) => JSON.parse(line)).map(({ level, message }) => level + message),
    ).toEqual(['CRITICALa', 'CRITICALb', 'CRITICALc', 'INFOd', 'INFOf', 'INFOg']);
  });

  it('levels that are not on the scale are refused, and nothing is changed', () => {
    const { transport, lines } = collecting();
    logger.add(transport);
    expect(() => logger.configure({ levels: { loud: 0, info: 1 } })).toThrow(
      /^levels: no such value "loud"; allowed: TRACE/,
    );
    logger.info('m');
    expect(lines).toHaveLength(1);
  });

  it('data listeners hear every line, with the right context', () => {
    const heard: unknown[] = [];
    const listener: Listener = (info: Record<string, unknown>) => {
      heard.push([info['level'], info['message'], info['trace_id']]);
    };
    logger.on('data', listener);
    runWithContext({ trace_id: 't' }, () => logger.warn('m'));
    logger.off('data', listener);
    logger.warn('not heard');
    expect(heard).toEqual([['warn', 'm', 't']]);
  });

  it('write and pipes into it make lines', () => {
    const { transport, lines } = collecting();
    logger.add(transport);
    logger.write({ level: 'error', message: 'written', [Symbol.for('level')]: 'error' });
    logger.write('text from a request logger\n');
    const source = new PassThrough({ objectMode: true });
    source.pipe(logger as unknown as NodeJS.WritableStream);
    source.write({ level: 'warn', message: 'piped' });
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      'written',
      'text from a request logger',
      'piped',
    ]);
  });

  it('query finds lines in a file', async () => {
    const file = new winston.transports.File({ filename: join(folder, 'q.log') });
    logger.add(file);
    logger.info('find me');
    await vi.waitUntil(() => statSync(join(folder, 'q.log'), { throwIfNoEntry: false })?.size);
    const found = await new Promise<unknown>((resolve) => {
      logger.query({ fields: ['message'], from: new Date(0) }, (_, results) => resolve(results));
    });
    expect(found).toEqual({ file: [{ message: 'find me' }] });
  });

  it('end finishes every transport and then says so', async () => {
    const filename = join(folder, 'end.log');
    logger.add(new winston.transports.File({ filename }));
    for (let index = 0; index < 200; index += 1) logger.info('m');
    const finished = new Promise<void>((resolve) => {
      logger.on('finish', () => resolve());
    });
    logger.end();
    await finished;
    expect(readFileSync(filename, 'utf8').trim().split('\n')).toHaveLength(200);
    const { transport, lines } = collecting();
    setupLogging({ console: false, transports: [transport] });
    logger.info('after a new set-up');
    expect(lines).toHaveLength(1);
  });

  it('silent says nothing', () => {
    const { transport, lines } = collecting();
    logger.add(transport);
    logger.silent = true;
    logger.error('m');
    logger.silent = false;
    logger.error('m');
    expect(lines).toHaveLength(1);
  });
});

function nameOf(transport: object): unknown {
  return (transport as { name?: unknown }).name ?? transport.constructor.name.toLowerCase();
}
