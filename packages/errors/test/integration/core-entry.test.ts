import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// Lists what a process loads that imports an entry.
const LIST = `
import { registerHooks } from 'node:module';
const urls = [];
registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
await import(process.argv[1]);
process.stdout.write(JSON.stringify(urls));
`;

/** The code of the built package that a process loads for an entry. */
function codeOf(entry: string): string {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const args = ['--input-type=module', '--eval', LIST, entry];
  const list = execFileSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const urls = (JSON.parse(list) as string[]).filter((url) => url.includes('/errors/dist/'));
  return urls.map((url) => readFileSync(fileURLToPath(url), 'utf8')).join('\n');
}

test('the core, which connections load at start, has no part of the conversion', () => {
  const conversion = 'function convertException(';
  expect(codeOf('@map/errors')).toContain(conversion);
  const core = codeOf('@map/errors/core');
  expect(core).toMatch(/ConnectionError = class/);
  expect(core).not.toContain(conversion);
});
