import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkMarkdown } from '../src/chunk.ts';

test('cuts at headings and keeps the path of headings', () => {
  const markdown = '# A\nintro\n\n## B `code`\none\n\n### C ##\ntwo\n\n## [D](x.md)\nthree\n';
  expect(chunkMarkdown('a.md', markdown)).toEqual([
    { document: 'a.md', number: 1, headings: ['A'], line: 2, text: 'intro' },
    { document: 'a.md', number: 2, headings: ['A', 'B code'], line: 5, text: 'one' },
    { document: 'a.md', number: 3, headings: ['A', 'B code', 'C'], line: 8, text: 'two' },
    { document: 'a.md', number: 4, headings: ['A', 'D'], line: 11, text: 'three' },
  ]);
});

test('a fence is never cut, and a heading in it does not count', () => {
  const fence = '````md\n# not a heading\n\n```\n\n````';
  const [chunk, ...others] = chunkMarkdown('a.md', `# A\n\n${fence}\n\nafter`, 10_000);
  expect(chunk?.text).toBe(`${fence}\n\nafter`);
  expect(others).toEqual([]);
});

test('a fence that is never closed reaches to the end', () => {
  const chunks = chunkMarkdown('a.md', '```\n# a\n\n# b');
  expect(chunks.map(({ text }) => text)).toEqual(['```\n# a\n\n# b']);
});

test('cuts a long section between its blocks', () => {
  const blocks = Array.from({ length: 10 }, (_, index) => `block ${index} ${'x'.repeat(90)}`);
  const chunks = chunkMarkdown('a.md', blocks.join('\n\n'), 250);
  expect(chunks.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(chunks.map(({ text }) => text).join('\n\n')).toBe(blocks.join('\n\n'));
});

test('nothing but headings and blank lines makes no chunk', () => {
  expect(chunkMarkdown('a.md', '\uFEFF\r\n# A\r\n\r\n## B\r\n')).toEqual([]);
});

test('no line of any document is lost, none comes twice', () => {
  const line = fc.constantFrom('# a', '### b', 'text', '', '```', '~~~~', '- item', '| a | b |');
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 60 }), (lines, limit) => {
      const chunks = chunkMarkdown('a.md', lines.join('\n'), limit);
      for (const chunk of chunks) {
        const count = chunk.text.split('\n').length;
        const original = lines.slice(chunk.line - 1, chunk.line - 1 + count).join('\n');
        expect(original).toContain(chunk.text.split('\n')[0]);
      }
      const kept = chunks.flatMap(({ text }) => text.split('\n')).filter((text) => text === 'text');
      expect(kept.length).toBe(lines.filter((text) => text === 'text').length);
    }),
  );
});
