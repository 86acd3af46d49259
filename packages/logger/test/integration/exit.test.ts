import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LoggingOptions } from '../../src/index.ts';
import { linesOf, run, start } from './support/program.ts';

const LINES = 10_000;
const ALL = [...Array(LINES).keys()];
const folder = mkdtempSync(join(tmpdir(), 'logger-exit-'));
const figures: string[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true });
  process.stdout.write(`Of ${LINES} lines:\n${figures.join('\n')}\n`);
});

const ENDINGS = ['exit', 'natural', 'throw', 'reject', 'sigterm'];
const CODES: Record<string, number> = { throw: 1, reject: 1 };

function report(what: string, found: { indexes: number[]; torn: number }): void {
  figures.push(`  ${what}: ${LINES - found.indexes.length} lost, ${found.torn} torn`);
}

describe.each(ENDINGS)('a process that ends by %s', (ending) => {
  it.each([
    ['file, a tick at a time', { buffering: 'tick' }],
    ['file, line by line', { buffering: 'line' }],
  ] as const)('loses nothing to a %s', async (title, options) => {
    const file = join(folder, `${ending}-${options.buffering}.log`);
    const { code } = await run(ending, { ...options, console: false, file });
    const found = linesOf(readFileSync(file, 'utf8'));
    report(`${ending}, ${title}`, found);
    expect(code).toBe(CODES[ending] ?? 0);
    expect(found).toMatchObject({ indexes: ALL, torn: 0 });
    if (ending === 'throw') expect(found.others).toEqual(['Uncaught exception: the end']);
    if (ending === 'reject') expect(found.others).toEqual(['Unhandled rejection: the end']);
    if (ending === 'sigterm') expect(found.others).toEqual(['terminated']);
  });

  it('loses nothing to a pipe with a slow reader', async () => {
    const { code, stdout } = await run(ending, {}, { slowly: true });
    const found = linesOf(stdout);
    report(`${ending}, pipe with a slow reader`, found);
    expect(code).toBe(CODES[ending] ?? 0);
    expect(found).toMatchObject({ indexes: ALL, torn: 0 });
  });

  it('loses nothing to a closed pipe: all goes to standard error', async () => {
    const { stderr } = await run(ending, {}, { hangUp: 'at once' });
    const found = linesOf(stderr);
    report(`${ending}, closed pipe`, found);
    expect(found).toMatchObject({ indexes: ALL, torn: 0 });
    expect(found.others.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
  });

  it('goes on at standard error, with a whole line, when a pipe is closed', async () => {
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
});

describe('what an exit handler logs, run after ours', () => {
  it.each([{}, { slowly: true }])('is written: %o', async (how) => {
    const { stdout } = await run('late', {}, { ...how, lines: 1000 });
    expect(linesOf(stdout)).toMatchObject({ indexes: ALL.slice(0, 1000), torn: 0 });
  });
});

describe('a process that is killed', () => {
  it.each(['tick', 'line'] as const)('has lost no line the system had: %s', async (buffering) => {
    const file = join(folder, `killed-${buffering}.log`);
    const options: LoggingOptions = { console: false, file, buffering };
    const child = start('sigkill', options);
    let told = '';
    const pipe = child.stdio[3] as NodeJS.ReadableStream;
    pipe.on('data', (chunk) => {
      told += chunk;
      if (told.split('\n').length > 40) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    const known = Number(told.trim().split('\n').at(-1));
    const found = linesOf(readFileSync(file, 'utf8'));
    figures.push(`  SIGKILL, ${buffering}: ${known} known written, ${found.indexes.length} there`);
    expect(found.torn).toBe(0);
    expect(found.indexes).toEqual([...Array(found.indexes.length).keys()]);
    expect(found.indexes.length).toBeGreaterThanOrEqual(known);
  });
});

describe('a reader that never reads', () => {
  it('does not keep the process, and what is lost is said', async () => {
    const child = start('natural', {}, 20_000);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    child.stdout?.destroy();
    expect(code).toBe(0);
    expect(stderr).toMatch(/stdout is not read: \d+ lines are lost/);
  });
});
