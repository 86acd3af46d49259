import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGE, renderPage } from '../../scripts/docs.ts';
import { ErrorCode } from '../../src/index.ts';

test('docs/error-codes.md is what the table says (`pnpm docs` in packages/errors writes it)', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(renderPage());
});

test('the page has a heading for each code, which its anchor names', () => {
  const headings = renderPage().match(/^### \w+$/gm);
  expect(headings).toEqual(Object.values(ErrorCode).map((code) => `### ${code}`));
});
