import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** The demo as a separate process. */
export interface Demo {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  readonly output: string;
  /** Resolves once it prints something that matches. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, once it has ended by itself. */
  ended(): Promise<number | null>;
  /** Its log, line by line. */
  log(): Promise<Record<string, unknown>[]>;
}

/** Starts a Redis that ends with the test. */
export async function ownRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return redis;
}

/** Starts the demo without any key for a real model. */
export async function startDemo(args: string[], env: Record<string, string> = {}): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'map-demo-'));
  const logFile = join(folder, 'demo.log');
  const child = spawn(
    process.execPath,
    ['--conditions=@map/source', 'tooling/demo/src/main.ts', ...args],
    {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
        LOG_FILE: logFile,
        ...env,
      },
    },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  let output = '';
  const exited = once(child, 'close');
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  return {
    child,
    get output() {
      return output;
    },
    async prints(pattern) {
      for (;;) {
        const match = pattern.exec(output);
        if (match !== null) return match;
        if (child.exitCode !== null) throw new Error(`It ended without ${pattern}:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async ended() {
      await exited;
      return child.exitCode;
    },
    async log() {
      const text = await readFile(logFile, 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}
