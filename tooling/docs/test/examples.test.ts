import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleBlocks, unfencedExamples } from '../src/examples.ts';

test('examples of docstrings are found by file and line, and blocks elsewhere are not', () => {
  const root = mkdtempSync(join(tmpdir(), 'map-examples-'));
  mkdirSync(join(root, 'packages/pear/src'), { recursive: true });
  const code = [
    'const text = `',
    '```ts',
    'not();',
    '```',
    '`;',
    '/** One line. */',
    'class A {',
    '  /**',
    '   * Peels.',
    '   *',
    '   * @example',
    '   * ```ts',
    '   * peel({',
    '   *   deep: true,',
    '   * });',
    '   * ```',
    '   */',
    '  peel() {}',
    '  /**',
    '   * @example',
    '   * cut();',
    '   */',
    '  cut() {}',
    '}',
  ].join('\n');
  writeFileSync(join(root, 'packages/pear/src/pear.ts'), code);
  expect(exampleBlocks(root)).toEqual([
    {
      page: 'packages/pear/src/pear.ts',
      line: 13,
      code: 'peel({\n  deep: true,\n});\n',
      runs: true,
    },
  ]);
  expect(unfencedExamples(root)).toEqual(['packages/pear/src/pear.ts:20']);
  rmSync(root, { recursive: true });
});

test('every example of the packages is fenced, so that it is run', () => {
  expect(unfencedExamples()).toEqual([]);
});
