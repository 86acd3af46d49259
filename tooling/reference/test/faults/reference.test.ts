import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesOf } from '../../src/entries.ts';
import { buildReference } from '../../src/reference.ts';
import { serve } from '../../src/serve.ts';
import { exportsOf } from './exports.ts';
import { crawl } from './links.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'map-reference-'));
const out = join(folder, 'api');
const entries = entriesOf(root);
let complaints: string[];

beforeAll(async () => {
  complaints = await buildReference(root, out);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** The page of a module, without what surrounds it. */
function modulePage(name: string): string {
  const file = `${name.replaceAll(/[@/]/g, '_')}.html`;
  const html = readFileSync(join(out, 'modules', file), 'utf8');
  return html.slice(html.indexOf('col-content'), html.indexOf('col-sidebar'));
}

test('every export has a docstring, and no link in a docstring or a guide leads nowhere', () => {
  expect(complaints).toEqual([]);
});

test('the entries of all packages are read, with their exports', () => {
  expect(entries.length).toBeGreaterThan(40);
  expect(entries.flatMap((entry) => exportsOf(root, entry, entries)).length).toBeGreaterThan(500);
});

test.for(entries)('every export of $name is there', (entry) => {
  const names = exportsOf(root, entry, entries);
  const page = modulePage(entry.name);
  // A long name may be broken after each of its words.
  const shown = new Set(page.replaceAll('<wbr/>', '').match(/(?<=id="|>)[\w$]+(?="|<)/g));
  expect(names.filter((name) => !shown.has(name) && !shown.has(name.toLowerCase()))).toEqual([]);
});

test('no link of the site leads nowhere', () => {
  const { links, broken } = crawl(out);
  expect(broken).toEqual([]);
  expect(links).toBeGreaterThan(10_000);
});

test('a guide links to the exports that it names, and an export to the guides that name it', () => {
  const guide = readFileSync(join(out, 'documents/Queues.html'), 'utf8');
  expect(guide).toContain(
    'functions/_map_config_bullmq.taskQueue.html"><code>taskQueue</code></a>',
  );
  const page = readFileSync(join(out, 'functions/_map_config_bullmq.taskQueue.html'), 'utf8');
  expect(page).toMatch(/Guides<[\s\S]*?<a href="..\/documents\/Queues.html"/);
});

describe('served', () => {
  test('pages and the search index are there on loopback; nothing outside of the folder is', async () => {
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    await using served = await serve(out, 0);
    const index = await fetch(served.url);
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await index.text()).toContain('data-base="./"');
    const search = await fetch(`${served.url}assets/search.js`);
    expect([search.status, (await search.text()).length > 100_000]).toEqual([200, true]);
    for (const path of ['pear.html', '..%2fsecret.txt', '%2e%2e/secret.txt', '%ff', '%00']) {
      expect([path, (await fetch(served.url + path)).status]).toEqual([path, 404]);
    }
    expect(new URL(served.url).hostname).toBe('127.0.0.1');
  });
});

test('an export without a docstring and links that lead nowhere are complaints', async () => {
  const planted = join(folder, 'planted');
  cpSync(new URL('../planted', import.meta.url), planted, { recursive: true });
  const found = await buildReference(planted, join(folder, 'planted-api'));
  expect(found).toEqual([
    expect.stringContaining('plum.md is not a file'),
    expect.stringMatching(/@map\/pear\.peel.* does not have any documentation/),
    expect.stringContaining('Failed to resolve link to "Plum"'),
    expect.stringContaining('Pears links to pear.md#plums, but the anchor does not exist'),
  ]);
}, 120_000);
