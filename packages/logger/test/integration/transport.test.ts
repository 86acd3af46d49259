import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const APP = join(import.meta.dirname, 'support/transport.ts');

async function run(...args: string[]): Promise<{ code: unknown; lines: string[]; stderr: string }> {
  const child = spawn(process.execPath, ['--conditions=@map/source', APP, ...args]);
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
    const { code, lines, stderr } = await run(ending);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe(last);
    expect(code).toBe(1);
    expect(stderr).toMatch(/RangeError: the end\n\s+at .*support.transport\.ts/);
  });

  it('ends it too when the transport never calls back', async () => {
    const { code, stderr } = await run('throw', 'dead');
    expect(code).toBe(1);
    expect(stderr).toContain('RangeError: the end');
  });
});
