import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { linesOf, run } from './support/program.ts';

const LINES = 10_000;
const ALL = [...Array(LINES).keys()];
const folder = mkdtempSync(join(tmpdir(), 'logger-exit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CODES: Record<string, number> = { throw: 1, reject: 1 };
const LAST: Record<string, string[]> = {
  throw: ['Uncaught exception: the end'],
  reject: ['Unhandled rejection: the end'],
  sigterm: ['terminated'],
};

describe.concurrent('a process that ends', () => {
  it.each([
    ['exit', 'tick'],
    ['exit', 'line'],
    ['natural', 'tick'],
    ['throw', 'tick'],
    ['reject', 'line'],
    ['sigterm', 'tick'],
  ] as const)(
    'by %s loses nothing, to a file and to a pipe with a slow reader: %s',
    async (ending, buffering) => {
      const file = join(folder, `${ending}-${buffering}.log`);
      const { code, stdout } = await run(ending, { buffering, file }, { slowly: true });
      expect(code).toBe(CODES[ending] ?? 0);
      for (const text of [readFileSync(file, 'utf8'), stdout]) {
        expect(linesOf(text)).toEqual({ indexes: ALL, torn: 0, others: LAST[ending] ?? [] });
      }
    },
  );

  it('writes the lines of an exit handler that runs after ours', async () => {
    const { stdout } = await run('late', {}, { slowly: true, lines: 1000 });
    expect(linesOf(stdout)).toMatchObject({ indexes: ALL.slice(0, 1000), torn: 0 });
  });
});
