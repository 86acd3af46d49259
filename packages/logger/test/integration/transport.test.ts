import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SUPPORT = join(import.meta.dirname, 'support');

async function run(
  app: string,
  ...args: string[]
): Promise<{ code: unknown; lines: string[]; stderr: string }> {
  const child = spawn(process.execPath, ['--conditions=@map/source', join(SUPPORT, app), ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, lines: stdout.split('\n').slice(0, -1), stderr };
}

describe('an exception beside a winston transport with a backlog', () => {
  it.each([
    ['throw', 'Uncaught exception: the end'],
    ['reject', 'Unhandled rejection: the end'],
  ])('ends the process, as Node does, when all is delivered: %s', async (ending, last) => {
    const { code, lines, stderr } = await run('transport.ts', ending);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe(last);
    expect(code).toBe(1);
    expect(stderr).toMatch(/RangeError: the end\n\s+at .*support.transport\.ts/);
  });

  it('ends it too when the transport never calls back', async () => {
    const { code, stderr } = await run('transport.ts', 'throw', 'dead');
    expect(code).toBe(1);
    expect(stderr).toContain('RangeError: the end');
  });
});

describe('winston’s own handlers beside a backlog', () => {
  it.each([
    ['throw', 'exceptions.log'],
    ['reject', 'rejections.log'],
  ])('end the process when every line is in its file: %s', async (ending, file) => {
    const folder = mkdtempSync(join(tmpdir(), 'logger-handlers-'));
    const { code } = await run('handlers.ts', ending, folder);
    const lines = (name: string): string[] =>
      readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
    expect(lines('app.log').filter((line) => line.includes('"index":'))).toHaveLength(2000);
    expect(lines(file)).toEqual([expect.stringContaining('the end')]);
    expect(code).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
