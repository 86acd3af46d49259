import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { interfaceReport } from '../src/interface-report.ts';

test('a report holds what can be reached from the entries, and changes with it alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'map-report-'));
  const write = (file: string, text: string) => writeFile(join(folder, 'dist', file), text);
  const manifest = {
    name: '@map/pear',
    version: '1.0.0',
    exports: { '.': { types: './dist/index.d.ts' }, './tree': { types: './dist/tree.d.ts' } },
  };
  try {
    await mkdir(join(folder, 'dist'));
    await write('index.d.ts', "/** Doc. */\nexport { pear } from './pear.js';\n");
    await write('pear.d.ts', 'export declare function pear(): string;\n');
    await write('tree.d.ts', 'export interface Tree {\n    /** Doc. */\n    height: number;\n}\n');
    await write('hidden.d.ts', 'export declare const hidden = 1;\n');
    const report = interfaceReport(folder, manifest);
    expect(report).toBe(
      [
        '// @map/pear is dist/index.d.ts',
        '// @map/pear/tree is dist/tree.d.ts',
        '',
        '// dist/index.d.ts',
        "export { pear } from './pear.js';",
        '',
        '// dist/pear.d.ts',
        'export declare function pear(): string;',
        '',
        '// dist/tree.d.ts',
        'export interface Tree {',
        '    height: number;',
        '}',
        '',
      ].join('\n'),
    );
    await write('hidden.d.ts', '');
    await write('index.d.ts', "/** Other words. */\nexport { pear } from './pear.js';\n");
    expect(interfaceReport(folder, manifest)).toBe(report);
    await write('pear.d.ts', 'export declare function pear(): number;\n');
    expect(interfaceReport(folder, manifest)).not.toBe(report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
