import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SUPPORT = join(import.meta.dirname, 'support');
const ALL = [...Array(10_000).keys()];

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
});

describe('winston’s File', () => {
  it('has every line when the program waits for closeLogging, or ends by an exception', async () => {
    for (const ending of ['sigterm', 'throw']) {
      const folder = mkdtempSync(join(tmpdir(), 'logger-foreign-'));
      const path = join(folder, 'a.log');
      const { code } = await run('foreign.ts', 'file', ending, path);
      expect(indexes(readFileSync(path, 'utf8'))).toEqual(ALL);
      expect(code).toBe(ending === 'throw' ? 1 : 0);
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves the lines logged while all is closed to standard output', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logger-foreign-'));
    const path = join(folder, 'a.log');
    const { lines, stderr } = await run('foreign.ts', 'file', 'closing', path);
    expect([...indexes(readFileSync(path, 'utf8')), ...indexes(lines.join('\n'))]).toEqual(ALL);
    expect(stderr).toBe('');
    rmSync(folder, { recursive: true });
  });
});

describe('a transport', () => {
  it('that has lines when the process ends is reported', async () => {
    const { code, stderr } = await run('foreign.ts', 'dead', 'exit', '-');
    expect(code).toBe(0);
    expect(stderr).toContain('the process ended before transport Dead had written 10000 lines');
  });
});

function indexes(text: string): number[] {
  return [...text.matchAll(/"index":(\d+)/g)].map(([, index]) => Number(index));
}
