import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide, type RedisServer, startRedis } from '@map-tooling/testing';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startDemo } from '../child.ts';

vi.setConfig({ testTimeout: 120_000 });

const ROOT = join(import.meta.dirname, '../../../..');
const QUESTION = /A Redis answers at (127\.0\.0\.1:\d+)\.[\s\S]*"map-demo:"[\s\S]*\[y\/N\] /;

let redis: RedisServer;

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(() => redis.stop());

/** Connections that Redis has taken, without that of the one who asks. */
async function connections(): Promise<number> {
  const info = await redis.command('INFO', 'stats');
  return Number(/total_connections_received:(\d+)/.exec(info)?.[1]) - 1;
}

/** Runs the demo at a terminal, types when it asks, and returns what it printed. */
async function atTerminal(typed: string): Promise<{ exitCode: number; output: string }> {
  const script = await provide({ name: 'script', packages: ['bsdutils'] });
  const folder = await mkdtemp(join(tmpdir(), 'map-demo-'));
  const main = 'tooling/demo/src/main.ts';
  const command = [process.execPath, '--conditions=@map/source', main, '--tasks', '5'];
  const args =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...command]
      : ['-qec', command.join(' '), '/dev/null'];
  const child: ChildProcess = spawn(script.path, args, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      REDIS_URL: redis.url,
      LOG_FILE: join(folder, 'demo.log'),
      NO_COLOR: '1',
    },
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const wasAsked = QUESTION.test(output);
    output += chunk.toString();
    if (!wasAsked && QUESTION.test(output)) child.stdin?.write(typed);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, output };
}

test('a Redis that answers is used where the person at the terminal agrees', async () => {
  const { exitCode, output } = await atTerminal('y\r');
  expect(output).toMatch(QUESTION);
  expect(output).toContain(`the one at 127.0.0.1:${redis.port}`);
  expect(exitCode, output).toBe(0);
  expect(await redis.command('DBSIZE')).toContain(':0');
});

test.each([
  ['nothing', '\r'],
  ['the end of input', '\u0004'],
])('it is not used where the answer is %s', async (_, typed) => {
  const { exitCode, output } = await atTerminal(typed);
  expect(output).toMatch(
    /a private one at 127\.0\.0\.1:\d+, pid \d+ \(the one at \S+ is not used\)/,
  );
  expect(exitCode, output).toBe(0);
});

test('Ctrl-C at the question ends the demo', async () => {
  const { exitCode, output } = await atTerminal('\u0003');
  expect(output).toContain('OPERATION_CANCELLED_1003: Ended by SIGINT.');
  expect(exitCode).toBe(1);
});

test('where nobody can be asked, a Redis that answers is left alone', async () => {
  const before = await connections();
  const demo = await startDemo(['--tasks', '5'], { REDIS_URL: redis.url });
  expect(await demo.ended(), demo.output).toBe(0);
  expect(demo.output).toMatch(/a private one at \S+, pid \d+ \(--redis chooses another\)/);
  // One more is that of the first question here.
  expect(await connections()).toBe(before + 1);
});
