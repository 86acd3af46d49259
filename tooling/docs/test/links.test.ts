import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deadLinks } from '../src/links.ts';
import { repository } from '../src/pages.ts';

test('every link between pages leads somewhere', () => {
  expect(deadLinks(repository)).toEqual([]);
});

test('finds missing files and headings, and neither links in code nor to the web', () => {
  const root = mkdtempSync(join(tmpdir(), 'map-links-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'docs'));
  writeFileSync(
    join(root, 'README.md'),
    '# A `b`, C!\n[1](docs/x.md) [2](docs/y.md) [3](#a-b-c) [4](#d) [5](https://e.com/)\n' +
      '```md\n[6](z.md)\n# d\n```\n[7](docs/x.md#own) [8](docs/x.md#no)\n',
  );
  writeFileSync(join(root, 'docs/x.md'), '<a id="own"></a>\n[up](../README.md)\n');
  expect(deadLinks(root)).toEqual([
    'README.md: docs/y.md: no such file',
    'README.md: #d: no such heading',
    'README.md: docs/x.md#no: no such heading',
  ]);
});
