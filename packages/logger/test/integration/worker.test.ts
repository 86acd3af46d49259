import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { linesOf } from './support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'logger-worker-'));
const index = join(import.meta.dirname, '../../src/index.ts');
afterAll(() => rmSync(folder, { recursive: true }));

async function node(
  source: string,
  { hangUp = false } = {},
): Promise<{ stdout: string; stderr: string; code: unknown }> {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, source.replaceAll('@map/logger', index));
  const child = spawn(process.execPath, ['--conditions=@map/source', file], {
    cwd: import.meta.dirname,
    timeout: 55_000,
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=200' },
  });
  if (hangUp) child.stdout.destroy();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { stdout, stderr, code };
}

describe('threads', () => {
  it('each log into the same file, whole lines', async () => {
    const file = join(folder, 'threads.log');
    const { stderr } = await node(`
      import { isMainThread, Worker, workerData } from 'node:worker_threads';
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({ console: false, file: ${JSON.stringify(file)} });
      if (isMainThread) for (const id of [1, 2, 3]) new Worker(new URL(import.meta.url), { workerData: id });
      const id = workerData ?? 0;
      for (let i = 0; i < 2000; i += 1) getLogger('thread').info('m', { index: id * 2000 + i });
    `);
    expect(stderr).toBe('');
    const found = linesOf(readFileSync(file, 'utf8'));
    expect(found.torn).toBe(0);
    expect(found.indexes.sort((a, b) => a - b)).toEqual([...Array(8000).keys()]);
  });

  it.each([
    ['at worker.stdout with the stream itself', '{ stream: process.stdout }', true],
    ['at the descriptor of the process by name', "{ stream: 'stdout' }", false],
  ])('have their lines %s', async (_title, console, captured) => {
    const { stdout } = await node(`
      import { isMainThread, Worker } from 'node:worker_threads';
      import { getLogger, setupLogging } from '@map/logger';
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url), { stdout: true });
        let text = '';
        worker.stdout.on('data', (chunk) => (text += chunk)).on('end', () => {
          process.stdout.write(text.replace(/^/gm, 'captured '));
        });
      } else {
        setupLogging({ console: ${console} });
        getLogger('thread').info('from the thread', { n: 1 });
      }
    `);
    expect(stdout).toContain('"from the thread"');
    expect(stdout.startsWith('captured {')).toBe(captured);
  });
});

describe('a transport that fails in its own time', () => {
  it('does not end the process where it is winston’s Console on a closed pipe', async () => {
    const { code, stderr } = await node(
      `
      import { createRequire } from 'node:module';
      import { getLogger, setupLogging } from '@map/logger';
      const winston = createRequire('@map/logger')('winston');
      setupLogging({ console: false, transports: [new winston.transports.Console()] });
      for (let turn = 0; turn < 5; turn += 1) {
        getLogger('a').info('m', { turn });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      process.exitCode = 7;
    `,
      { hangUp: true },
    );
    expect(code).toBe(7);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining('stdout cannot be written by a transport: write EPIPE'),
    ]);
  });

  it('cannot make the line of an exception the cause of the next', async () => {
    const { code, stderr } = await node(`
      import { createRequire } from 'node:module';
      import { getLogger, setupLogging } from '@map/logger';
      const winston = createRequire('@map/logger')('winston');
      class Failing extends winston.Transport {
        log(info, next) {
          process.nextTick(() => { throw new Error('about ' + info.message); });
          next();
        }
      }
      setupLogging({ transports: [new Failing()] });
      getLogger('a').info('m');
    `);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: about m');
  });
});

describe('a program', () => {
  it('loads neither winston nor the rotation for plain lines', async () => {
    const { stdout } = await node(`
      import { createRequire } from 'node:module';
      import { getLogger, runWithContext, setupLogging } from '@map/logger';
      setupLogging({ format: 'json', level: 'DEBUG' });
      runWithContext({ task_id: 't' }, () => getLogger('a').child({ b: 1 }).error(new Error('x')));
      await getLogger('a');
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      getLogger('a').info('loaded', { loaded: loaded.filter((name) => /winston|rotating/.test(name)) });
    `);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ loaded: [] });
  });

  it('logs before any set-up', async () => {
    const { stdout } = await node(`
      import { getLogger } from '@map/logger';
      getLogger('early').debug('no').info('bootstrap');
    `);
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'INFO',
      name: 'early',
      message: 'bootstrap',
    });
  });

  it('writes through winston’s Console too', async () => {
    const { stdout } = await node(`
      import { createRequire } from 'node:module';
      import { getLogger, setupLogging } from '@map/logger';
      const winston = createRequire(${JSON.stringify(index)})('winston');
      const { Console } = winston.transports;
      setupLogging({ console: false, transports: [new Console({ format: winston.format.simple() })] });
      getLogger('n').warn('on the console', { a: 1 });
    `);
    expect(stdout).toMatch(/^warn: on the console {"a":1/);
  });

  it('that catches its exceptions continues after they were logged', async () => {
    const { stdout, code } = await node(`
      import { getLogger, setupLogging } from '@map/logger';
      setupLogging({});
      process.on('uncaughtException', () => getLogger('a').info('went on'));
      setTimeout(() => { throw new Error('caught'); }, 1);
    `);
    expect(code).toBe(0);
    expect(linesOf(stdout).others).toEqual(['Uncaught exception: caught', 'went on']);
  });
});
