import { expect, test } from 'vitest';
import { guideOf } from '../src/guides.ts';
import { linkNames } from '../src/mentions.ts';

test('a guide mentions what it imports and what it names in its sentences', () => {
  const markdown = [
    '# Pears',
    '',
    'Use `peel` or `eat({ deep: true })`, not `a pear`.',
    '',
    '```ts',
    "import { type Pear, peel as strip } from '@map/pear';",
    "import { cook } from '@map/pear/kitchen';",
    'strip(`plum`);',
    '```',
  ].join('\n');
  const { title, imports, names } = guideOf('docs/pear.md', markdown);
  expect(title).toBe('Pears');
  expect([...imports].map(([module, list]) => [module, [...list]])).toEqual([
    ['@map/pear', ['Pear', 'peel']],
    ['@map/pear/kitchen', ['cook']],
  ]);
  expect([...names]).toEqual(['peel', 'eat']);
});

test('names become links in sentences, and stay as they are in links and blocks', () => {
  const html =
    '<p><code>peel</code> <code>eat()</code> <code>plum</code> <a href="x"><code>peel</code></a></p>' +
    '<pre><code>peel</code></pre>';
  const urls: Record<string, string> = { peel: 'p.html', eat: 'e.html' };
  expect(linkNames(html, (name) => urls[name])).toBe(
    '<p><a href="p.html"><code>peel</code></a> <a href="e.html"><code>eat()</code></a> <code>plum</code> ' +
      '<a href="x"><code>peel</code></a></p><pre><code>peel</code></pre>',
  );
});
