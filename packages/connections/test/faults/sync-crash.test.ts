import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';

test.each(['exit', 'throw', 'memory'])(
  'a call sees its worker die (%s)',
  async (how) => {
    await using server = await startRedis();
    const folder = await mkdtemp(join(tmpdir(), 'map-sync-'));
    const file = (name: string): string =>
      fileURLToPath(new URL(`../support/${name}`, import.meta.url));
    const preload = pathToFileURL(file('sync-crash-preload.ts')).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--conditions=@map/source',
        '--max-old-space-size=64',
        `--import=${preload}`,
        file('sync-crash.ts'),
        server.url,
        String(server.pid),
      ],
      {
        env: { ...process.env, CRASH_FILE: join(folder, 'die'), CRASH_HOW: how },
        timeout: 90_000,
        killSignal: 'SIGKILL',
      },
    );
    const lost = { code: 'CONNECTION_RESET_9002' };
    expect(JSON.parse(stdout)).toEqual([
      { ...lost, retryable: true },
      'value',
      { ...lost, retryable: false },
      'value',
    ]);
    await rm(folder, { recursive: true });
  },
  120_000,
);
