import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'logger-process-'));
const index = join(import.meta.dirname, '../../src/index.ts');
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a separate program that imports the package. */
async function node(
  source: string,
  args: readonly string[] = [],
): Promise<{ stdout: string; stderr: string; code: unknown }> {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, source.replaceAll('@map/logger', index));
  return run(['--conditions=@map/source', ...args, file]);
}

async function run(
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; code: unknown }> {
  const child = spawn(process.execPath, args);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { stdout, stderr, code };
}

function entries(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log file that is a named pipe', () => {
  it('without a reader does not hang the start: lines go elsewhere, with a warning', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const { stdout, stderr, code } = await node(`
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({ file: ${JSON.stringify(fifo)} });
      getLogger('a').info('started');
    `);
    expect(code).toBe(0);
    expect(entries(stdout)).toMatchObject([{ message: 'started' }]);
    expect(stderr).toMatch(/cannot be written: it is a named pipe without a reader/);
  });
});

describe('a replaced standard output', () => {
  it('is written through, as under pm2, and what it logs about a line does not come back', async () => {
    const { stdout, stderr, code } = await node(`
      import { writeSync } from 'node:fs';
      import { getLogger, setupLogging } from '@map/logger';
      const log = getLogger('a');
      setupLogging({ console: { stream: process.stdout } });
      log.info('before');
      await new Promise(setImmediate);
      const { write } = process.stdout;
      process.stdout.write = (text) => {
        log.info('about a line');
        writeSync(2, 'seen ' + text);
        return true;
      };
      log.info('through');
      await new Promise(setImmediate);
      process.stdout.write = () => { throw new Error('broken'); };
      log.info('a stream that throws');
      await new Promise(setImmediate);
      process.stdout.write = write;
      const other = { write: (text) => writeSync(2, 'got ' + text) };
      Object.defineProperty(process, 'stdout', { get: () => other, configurable: true });
      log.info('by a getter');
      await new Promise(setImmediate);
      Object.defineProperty(process, 'stdout', { value: { write: (text) => writeSync(2, 'put ' + text) } });
      log.info('in its place');
    `);
    expect(code).toBe(0);
    expect(entries(stdout).map(({ message }) => message)).toEqual([
      'before',
      'about a line',
      'a stream that throws',
    ]);
    expect(stderr).toMatch(/^seen .*"through".*\ngot .*"by a getter".*\nput .*"in its place".*\n$/);
  });

  it('gets the lines that are written while the process ends', async () => {
    const { stderr } = await node(`
      import { writeSync } from 'node:fs';
      import { getLogger } from '@map/logger';
      process.stdout.write = (text) => writeSync(2, 'seen ' + text) > 0;
      process.on('exit', () => getLogger('a').info('last'));
      getLogger('a').info('first');
    `);
    expect(stderr.match(/^seen .*"(first|last)"/gm)).toHaveLength(2);
  });

  it('another stream as the console is refused with the remedy', async () => {
    const { stdout } = await node(`
      import { PassThrough } from 'node:stream';
      import { setupLogging } from '@map/logger';
      try {
        setupLogging({ console: { stream: new PassThrough() } });
      } catch (error) {
        console.log(error.message);
      }
    `);
    expect(stdout).toMatch(/^`console.stream` must be one of process.stdout, .*transports: \[/);
  });
});

describe('set-ups made again and again', () => {
  it('leave no listener, no memory and no names of loggers behind', async () => {
    const { stdout, stderr } = await node(
      `
      import { getLogger, setupLogging } from '@map/logger';
      const settle = () => new Promise((resolve) => setImmediate(resolve));
      const used = async () => {
        for (let turn = 0; turn < 5; turn += 1) { globalThis.gc(); await settle(); }
        return process.memoryUsage().heapUsed;
      };
      const again = async (count) => {
        for (let index = 0; index < count; index += 1) {
          setupLogging({ level: 'INFO' }).debug('not written');
          for (let name = 0; name < 20; name += 1) getLogger('request.' + index + '.' + name).debug('m');
          if (index % 50 === 0) { getLogger('a').info('m'); await settle(); }
        }
      };
      await again(200);
      const before = await used();
      await again(1000);
      const after = await used();
      const listeners = process.stdout.listenerCount('error');
      getLogger('a').info('figures', { grown: Math.round((after - before) / 1000), listeners });
    `,
      ['--expose-gc'],
    );
    const figures = entries(stdout).at(-1);
    // A set-up or 20 names that stayed would be several thousand bytes.
    expect(figures?.['grown']).toBeLessThan(1500);
    expect(figures?.['listeners']).toBe(1);
    expect(stderr).toBe('');
  });
});

describe('an unhandled rejection', () => {
  it.each([
    [
      'a plain object',
      '{ code: 429, body: "slow down", api_key: "k1" }',
      { code: 429, body: 'slow down', api_key: '**********' },
    ],
    ['a string', '"just text"', 'just text'],
    ['an error', 'new RangeError("an error")', { type: 'RangeError', message: 'an error' }],
    [
      'an error with secrets',
      'Object.assign(new Error("pw=k1-k1", { cause: new Error("api_key=k1-k1") }), { body: "k1" })',
      { type: 'Error', message: 'pw=**********', cause: { message: 'api_key=**********' } },
    ],
  ])('is logged with its value, and ends the process as Node does: %s', async (_, value, error) => {
    const { stdout, stderr, code } = await node(`
      import { setupLogging } from '@map/logger';
      setupLogging({});
      Promise.reject(${value});
    `);
    expect(code).toBe(1);
    expect(entries(stdout)).toMatchObject([
      {
        level: 'CRITICAL',
        message: expect.stringMatching(/^Unhandled rejection: .+/),
        error,
        origin: 'unhandledRejection',
      },
    ]);
    expect(stderr).toMatch(/^\d{4}-\S+ \S+ CRITICAL root +Unhandled rejection: .+\n/);
    expect(stdout + stderr).not.toContain('k1');
  });

  it('is left to the program’s own handler, or to its handler of exceptions', async () => {
    const own = await node(`
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({});
      process.on('unhandledRejection', (reason) => getLogger('own').info('mine', { reason }));
      Promise.reject({ a: 1 });
    `);
    expect(own.code).toBe(0);
    expect(entries(own.stdout)).toMatchObject([{ name: 'own', message: 'mine', reason: { a: 1 } }]);
    const caught = await node(`
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({});
      process.on('uncaughtException', (error, origin) => getLogger('own').info(origin, { code: error.code }));
      Promise.reject({ a: 1 });
      setTimeout(() => Promise.reject({ a: 2 }), 20);
    `);
    expect(caught.code).toBe(0);
    expect(entries(caught.stdout)).toMatchObject([
      { message: 'Unhandled rejection: {"a":1}', error: { a: 1 } },
      { message: 'unhandledRejection', code: 'ERR_UNHANDLED_REJECTION' },
      { message: 'Unhandled rejection: {"a":2}', error: { a: 2 } },
      { message: 'unhandledRejection' },
    ]);
  });

  it('is printed by Node where the logger does not log exceptions', async () => {
    const { stdout, stderr, code } = await node(`
      import { setupLogging } from '@map/logger';
      setupLogging({ uncaught: false });
      throw new RangeError('plain');
    `);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(/^Node\.js v/m);
  });
});

describe('a worker thread', () => {
  it('that is terminated on its result has lost no line', async () => {
    const file = join(folder, 'worker.log');
    const { code } = await node(`
      import { isMainThread, parentPort, Worker } from 'node:worker_threads';
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({ console: 'stdout', file: ${JSON.stringify(file)} });
      if (isMainThread) {
        for (let round = 0; round < 4; round += 1) {
          const worker = new Worker(new URL(import.meta.url));
          await new Promise((resolve) => worker.once('message', resolve));
          await worker.terminate();
        }
      } else {
        for (let index = 0; index < 12; index += 1) getLogger('w').info('line', { index });
        parentPort.postMessage('result');
        for (;;);
      }
    `);
    expect(code).toBe(0);
    const expected = Array.from({ length: 48 }, (_, index) => index % 12);
    expect(entries(readFileSync(file, 'utf8')).map((entry) => entry['index'])).toEqual(expected);
  });
});

describe('a bundle', () => {
  it.each([
    ['cjs', 'cjs'],
    ['esm', 'mjs'],
  ] as const)('as esbuild makes it works, and names the caller: %s', async (format, ending) => {
    const entry = join(folder, `bundle-${format}.ts`);
    writeFileSync(
      entry,
      `
      import { getLogger, setupLogging } from ${JSON.stringify(index)};
      setupLogging({ caller: 'always' });
      function shop(): void {
        getLogger('a').info('bundled');
        getLogger('a').startTimer().done('timed');
      }
      shop();
    `,
    );
    const outfile = join(folder, `bundle.${ending}`);
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format,
      outfile,
      conditions: ['@map/source'],
      logLevel: 'error',
    });
    const { stdout, stderr, code } = await run([outfile]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(entries(stdout)).toMatchObject([
      { message: 'bundled', module: 'bundle', function: 'shop' },
      { message: 'timed', module: 'bundle', function: 'shop' },
    ]);
    expect(readFileSync(outfile, 'utf8')).not.toContain('node_modules/winston');
  });

  it('remember no names that are made up in one loop, whose loggers still follow their level', async () => {
    const { stdout, stderr } = await node(
      `
      import { getLogger, getLoggerWithContext, setLogLevel, setupLogging } from '@map/logger';
      setupLogging();
      const held = [getLogger('kept.first'), getLoggerWithContext('kept.second', { a: 1 })];
      const child = held[0].child({ b: 2 }, { level: 'ERROR' });
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      for (let name = 0; name < 200_000; name += 1) {
        getLogger('request.' + name).debug('m');
        getLoggerWithContext('task.' + name, { name }).debug('m');
        held[0].child({ name }, { level: 'DEBUG' });
      }
      globalThis.gc();
      const grown = Math.round((process.memoryUsage().heapUsed - before) / 1e6);
      setLogLevel('kept', 'DEBUG');
      for (const logger of held) logger.debug('written');
      child.debug('not written');
      setLogLevel('kept', undefined);
      for (const logger of held) logger.debug('not written');
      getLogger('a').info('figures', { grown });
    `,
      ['--expose-gc'],
    );
    const lines = entries(stdout);
    expect(lines.map(({ name, message }) => [name, message])).toEqual([
      ['kept.first', 'written'],
      ['kept.second', 'written'],
      ['a', 'figures'],
    ]);
    // Of all of them it would be 400 MB.
    expect(lines.at(-1)?.['grown']).toBeLessThan(20);
    expect(stderr).toBe('');
  });
});
