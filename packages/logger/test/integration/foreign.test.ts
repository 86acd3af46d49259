import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'support', 'foreign.ts');
const ALL = [...Array(10_000).keys()];

function indexes(text: string): number[] {
  return [...text.matchAll(/"index":(\d+)/g)].map(([, index]) => Number(index));
}

/** Runs the program; what reached its file, and what standard error. */
async function run(
  kind: string,
  ending: string,
): Promise<{ code: unknown; file: number[]; stdout: number[]; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'logger-foreign-'));
  const args = ['--conditions=@map/source', PROGRAM, kind, ending, join(folder, 'a.log')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const file = readdirSync(folder).flatMap((name) =>
    indexes(readFileSync(join(folder, name), 'utf8')),
  );
  rmSync(folder, { recursive: true });
  return { code, file, stdout: indexes(stdout), stderr };
}

describe.each(['exit', 'replaced', 'late', 'running', 'throw', 'sigterm'])(
  'a process that ends by %s',
  (ending) => {
    it.each(['file', 'formatted', 'stream'])(
      'loses nothing to winston’s transport: %s',
      async (kind) => {
        const { code, file, stderr } = await run(kind, ending);
        expect(file).toEqual(ALL);
        expect(code).toBe(ending === 'throw' ? 1 : 0);
        expect(stderr).not.toContain('the process ended before');
      },
    );
  },
);

it.each(['file', 'stream'])(
  'lines logged while all is closed go to the transport or to standard output: %s',
  async (kind) => {
    const { file, stdout, stderr } = await run(kind, 'closing');
    expect([...file, ...stdout]).toEqual(ALL);
    expect(stderr).toBe('');
  },
);

describe('what cannot be written when the process exits', () => {
  it.each(['emptied', 'full'])('goes to standard error: %s', async (kind) => {
    const { file, stderr } = await run(kind, 'exit');
    expect(file).toEqual([]);
    expect(indexes(stderr)).toEqual(ALL);
    expect(stderr).toContain('the process ended before transport file: 10000 lines went to');
  });

  it.each(['dead', 'lazy'])('is counted where the transport has it: %s', async (kind) => {
    const { stderr } = await run(kind, 'exit');
    expect(indexes(stderr)).toEqual(ALL.slice(1));
    expect(stderr).toContain('9999 lines went to standard error, 1 were under way and may be lost');
  });

  it('is counted for a transport that never says it is done, at an exception', async () => {
    const { code, stderr } = await run('dead', 'throw');
    expect(code).toBe(1);
    expect(stderr).toMatch(/transport Dead is ended: \d+ lines are dropped/);
  });
});
