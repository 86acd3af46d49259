import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LoggingOptions } from '../../src/index.ts';
import { linesOf, run, start } from '../integration/support/program.ts';

const LINES = 10_000;
const ALL = [...Array(LINES).keys()];
const folder = mkdtempSync(join(tmpdir(), 'logger-exit-'));
const figures: string[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true });
  process.stdout.write(`Of ${LINES} lines:\n${figures.join('\n')}\n`);
});

function report(what: string, found: { indexes: number[]; torn: number }): void {
  figures.push(`  ${what}: ${LINES - found.indexes.length} lost, ${found.torn} torn`);
}

describe.each(['exit', 'natural', 'throw', 'reject', 'sigterm'])(
  'a process that ends by %s',
  (ending) => {
    it('loses nothing to a closed pipe: all goes to standard error', async () => {
      const { stderr } = await run(ending, {}, { hangUp: 'at once' });
      const found = linesOf(stderr);
      report(`${ending}, closed pipe`, found);
      expect(found).toMatchObject({ indexes: ALL, torn: 0 });
      expect(found.others.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    });

    it('continues on standard error, with a whole line, when a pipe is closed', async () => {
      const { stderr } = await run(ending, {}, { hangUp: 'in time' });
      const found = linesOf(stderr);
      expect(found.torn).toBe(0);
      expect(found.indexes.length).toBeGreaterThan(0);
      expect(found.indexes).toEqual(ALL.slice(-found.indexes.length));
    });

    it('loses nothing to a full disk: all goes to standard error', async () => {
      const { stderr } = await run(ending, { console: false, file: '/dev/full' });
      const found = linesOf(stderr);
      report(`${ending}, full disk`, found);
      expect(found).toMatchObject({ indexes: ALL, torn: 0 });
      expect(found.others.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    });
  },
);

describe('a process that is killed', () => {
  it.each(['tick', 'line'] as const)(
    'has lost no whole line known as written, and the next writer starts a fresh line: %s',
    async (buffering) => {
      const file = join(folder, `killed-${buffering}.log`);
      const options: LoggingOptions = { console: false, file, buffering };
      const child = start('sigkill', options);
      let said = '';
      const pipe = child.stdio[3] as NodeJS.ReadableStream;
      pipe.on('data', (chunk) => {
        said += chunk;
        if (said.split('\n').length > 40) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.on('close', resolve));
      const known = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
      const found = linesOf(readFileSync(file, 'utf8'));
      figures.push(
        `  SIGKILL, ${buffering}: ${known} known written, ${found.indexes.length} there`,
      );
      // The kernel may cut a write short when the process is killed.
      expect(found.torn).toBeLessThanOrEqual(1);
      expect(found.indexes).toEqual([...Array(found.indexes.length).keys()]);
      expect(found.indexes.length).toBeGreaterThanOrEqual(known);
      await run('exit', options, { lines: 10 });
      const after = linesOf(readFileSync(file, 'utf8'));
      expect(after.indexes).toEqual([...found.indexes, ...ALL.slice(0, 10)]);
    },
  );
});

describe('a reader that never reads', () => {
  it('does not keep the process, and the number of lost lines is reported', async () => {
    const child = start('natural', {}, 20_000);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    child.stdout?.destroy();
    expect(code).toBe(0);
    expect(stderr).toMatch(/stdout is blocked \(no reader\): \d+ lines are lost/);
  });
});
