import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generateMarkdown } from '../../src/generate.ts';

const PAGE = new URL('../../../../docs/settings.md', import.meta.url);
const MARK = 'after a change of the stock variables. -->\n';

test('the reference in the docs is the one the schema gives', async () => {
  const page = await readFile(PAGE, 'utf8');
  const head = page.slice(0, page.indexOf(MARK) + MARK.length);
  expect(head).toContain(MARK);
  await expect(`${head}\n${generateMarkdown()}`).toMatchFileSnapshot(PAGE.pathname);
});
