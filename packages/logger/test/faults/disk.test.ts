import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, run } from '../integration/support/program.ts';

// A disk of 256 KiB that really fills up; where none may be mounted, /dev/full has to do.
const folder = mkdtempSync(join(tmpdir(), 'logger-disk-'));
let mounted = false;

beforeAll(() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
    mounted = true;
  } catch {
    mounted = false;
  }
});
afterAll(() => {
  if (mounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
});

describe('a disk that fills up', () => {
  it('costs one warning, tears no line, and is used again when there is space', async (test) => {
    if (!mounted) test.skip('mounting needs root');
    const script = join(import.meta.dirname, 'support/disk.ts');
    const child = spawn(
      process.execPath,
      ['--conditions=@map/source', '--expose-gc', script, folder],
      { stdio: ['ignore', 'inherit', 'pipe', 'pipe'] },
    );
    const [stderr, told] = await Promise.all([textOf(child.stderr), textOf(child.stdio[3])]);
    const { written, full, back, grownBytes } = JSON.parse(told);
    expect(full).toMatchObject({ healthy: false, dropped: 0 });
    expect(back).toMatchObject({ healthy: true, dropped: 0 });
    expect(grownBytes).toBeLessThan(4 * 1024 * 1024);

    const inFile = parse(readFileSync(join(folder, 'app.log'), 'utf8'));
    const inStderr = parse(stderr);
    const missed = inStderr.filter((entry) => entry.index !== undefined).length;
    const again = inFile.find((entry) => entry.message === 'Log output works again');
    expect(again).toMatchObject({ missed_lines: missed });
    const seen = [...inFile, ...inStderr].flatMap((entry) => entry.index ?? []);
    expect(seen.sort((a, b) => a - b)).toEqual([...Array(written).keys()]);
    expect(inStderr.filter((entry) => entry.message.includes('ENOSPC'))).toHaveLength(1);
    process.stdout.write(
      `Full disk: ${written} lines, ${written - seen.length} lost, ${missed} on standard error, ` +
        `heap grown by ${Math.round(grownBytes / 1024)} KiB\n`,
    );
  });
});

describe('a folder that cannot be written', () => {
  it('costs one warning, and lines go to standard error', async () => {
    const { code, stderr } = await run('exit', { console: false, file: '/proc/no/app.log' });
    const found = linesOf(stderr);
    expect(code).toBe(0);
    expect(found.indexes).toHaveLength(10_000);
    expect(found.others).toEqual([expect.stringContaining('/proc/no/app.log cannot be written')]);
  });

  it('costs nothing but the warning where the lines go elsewhere anyway', async () => {
    const { stdout, stderr } = await run('exit', { file: '/proc/no/app.log' });
    expect(linesOf(stdout).indexes).toHaveLength(10_000);
    expect(linesOf(stderr)).toMatchObject({ indexes: [], others: [expect.any(String)] });
  });
});

async function textOf(stream: unknown): Promise<string> {
  let text = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) text += String(chunk);
  return text;
}

interface Entry {
  readonly message: string;
  readonly index?: number;
}

function parse(text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}
