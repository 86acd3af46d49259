import { expect, test } from 'vitest';
import { blocksOf } from '../src/blocks.ts';

test('ts blocks are found with their lines; others are left alone', () => {
  const page = [
    '# Page',
    '```sh',
    'npm install',
    '```',
    '```ts',
    "import 'a';",
    '',
    'b();',
    '```',
    '- item',
    '  ```ts no-run',
    '  if (a) {',
    '    b();',
    '  }',
    '  ```',
    '````md',
    '```ts',
    'quoted();',
    '```',
    '````',
  ].join('\n');
  expect(blocksOf(page)).toEqual([
    { line: 6, code: "import 'a';\n\nb();\n", runs: true },
    { line: 12, code: 'if (a) {\n  b();\n}\n', runs: false },
  ]);
});
