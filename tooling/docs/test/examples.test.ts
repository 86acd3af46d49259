import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { exampleBlocks, unfencedExamples } from '../src/examples.ts';
import { pageBlocks } from '../src/pages.ts';

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

/** Without its types a block is plain JavaScript: syntax above the target would be replaced. */
function isAbove(target: string, code: string): boolean {
  const options = { loader: 'ts', format: 'esm' } as const;
  return transformSync(code, { ...options, target }).code !== transformSync(code, options).code;
}

test('no block and no example has syntax that Node 22 does not parse', () => {
  expect(isAbove('node22', 'await using a = b();')).toBe(true);
  expect(isAbove('node22', 'for (using a of b) a();')).toBe(true);
  expect(isAbove('node22', 'const text: string = await b();')).toBe(false);
  const blocks = [...pageBlocks(), ...exampleBlocks()];
  const found = blocks.filter(({ code }) => isAbove('node22', code));
  expect(found.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});
