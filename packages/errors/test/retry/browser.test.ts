import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = `
import { retry } from '@map/errors/retry';
const { log } = console;
const seen = process;
delete globalThis.process;
let attempts = 0;
const work = async () => {
  attempts += 1;
  if (attempts < 3) throw Object.assign(new Error('busy'), { status: 503 });
  return typeof process;
};
const result = await retry(work, { baseDelayMs: 1, idempotent: true });
globalThis.process = seen;
log(result, attempts);
`;

test('retry works where there is no `process`, as in a browser', () => {
  const args = ['--conditions=@map/source', '--no-warnings', '--input-type=module'];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const printed = execFileSync(process.execPath, [...args, '--eval', PROGRAM], { cwd });
  expect(printed.toString()).toBe('undefined 3\n');
});
