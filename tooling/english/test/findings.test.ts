import { expect, test } from 'vitest';
import { findings, LONGEST_SENTENCE_WORDS } from '../src/findings.ts';
import { proseOfPage, proseOfSource } from '../src/prose.ts';

const long = Array.from({ length: LONGEST_SENTENCE_WORDS + 1 }, (_, index) => `w${index}`).join(
  ' ',
);

test('phrases and long sentences of a source are found by line, in comments and messages', () => {
  const code = [
    '// Opened anew',
    "const a = 'anew';",
    'export const b = `The port of ${a} is missing: use a number.`;',
    `/** ${long}. */`,
    'export const c = 1; // fine',
  ].join('\n');
  expect(findings(proseOfSource('pear.ts', code))).toEqual([
    { line: 1, message: '"anew": write again; from scratch' },
    {
      line: 3,
      message: '"is missing: use": write `option` must be Z, got Y.',
    },
    { line: 4, message: expect.stringMatching(/^a sentence of 41 words: "w0 w1/) },
  ]);
});

test('phrases of a page are found in paragraphs, lists and tables, not in code', () => {
  const page = [
    'Good.',
    '',
    '- opened',
    '  anew',
    '',
    '| a | hears |',
    '```ts',
    'const anew = 1;',
    '```',
    'The name `anew` is code, and [so](anew.md) is a target.',
    'There is one.',
  ].join('\n');
  expect(findings(proseOfPage(page)).map(({ line, message }) => [line, message])).toEqual([
    [3, '"anew": write again; from scratch'],
    [6, '"hears": write receives; is notified of'],
  ]);
});

test('a sentence ends at a full stop, and at a list item', () => {
  const half = long.split(' ').slice(0, 30).join(' ');
  expect(findings(proseOfPage(`${half}. ${half}.\n\n- ${half}\n- ${half}`))).toEqual([]);
});
