import { expect, test } from 'vitest';
import { asCommonJs } from '../src/consumer.ts';
import { importsOfScript, packageOf } from '../src/imports.ts';

test('a compiled example becomes CommonJS', () => {
  const code = asCommonJs(
    [
      "import winston, { format as f } from 'winston';",
      "import * as all from '@map/errors';",
      "import { a, b } from '@map/settings';",
      "import './side-effect.js';",
      'await all.run(a);',
      'export {};',
    ].join('\n'),
  );
  expect(code).toContain("const winston = require('winston').default ?? require('winston');");
  expect(code).toContain("const { format : f } = require('winston');");
  expect(code).toContain("const all = require('@map/errors');");
  expect(code).toContain("const { a, b } = require('@map/settings');");
  expect(code).toContain("require('./side-effect.js');");
  expect(code).not.toMatch(/^(import|export)/m);
});

test('specifiers lead to packages', async () => {
  expect(
    ['got/dist/x.js', '@map/metrics/llm', 'node:fs', 'fs', './x.js', '#own'].map(packageOf),
  ).toEqual(['got', '@map/metrics', undefined, undefined, undefined, undefined]);
  expect(await importsOfScript("import('a'); export * from 'b'; import(name);")).toEqual([
    'a',
    'b',
  ]);
});
