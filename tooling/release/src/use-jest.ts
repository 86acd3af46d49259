import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Consumer, runOn } from './consumer.ts';
import { entriesOf } from './packages.ts';

/** The input of the tests. */
export const jestPackages: readonly string[] = ['jest@30.5.2', 'esbuild@0.28.2'];

/** The transform that docs/getting-started.md shows. */
const transform = `const { transformSync } = require('esbuild');
const options = { format: 'cjs', target: 'node22', supported: { 'dynamic-import': false } };
exports.process = (code) => ({ code: transformSync(code, options).code });
`;

const configuration = (transformed: boolean): string =>
  `module.exports = {
  testMatch: ['**/jest/*.test.cjs'],
  transform: ${transformed ? "{ '\\\\.js$': '<rootDir>/esm-to-cjs.cjs' }" : '{}'},
  transformIgnorePatterns: ['/node_modules/(?!@map/)'],
};
`;

/**
 * Requires every entry of a package in a CommonJS test of Jest, in the two ways that the docs show.
 *
 * @param consumer - with the package and `jestPackages` installed
 * @param redisUrl - a private Redis
 * @throws Error with Jest's output where a test fails
 */
export async function useJest(consumer: Consumer, redisUrl: string): Promise<void> {
  const { folder, manifest } = consumer;
  // Jest's require() loads no package of ES modules that it does not transform, which Nest is.
  const loaded = entriesOf(manifest).filter((entry) => entry !== '@map/config/nest');
  const entries = JSON.stringify(loaded);
  await mkdir(join(folder, 'jest'), { recursive: true });
  await writeFile(
    join(folder, 'jest/entries.test.cjs'),
    `test.each(${entries})('%s loads', (entry) => {
  expect(Object.keys(require(entry))).not.toHaveLength(0);
});
`,
  );
  await writeFile(join(folder, 'esm-to-cjs.cjs'), transform);
  for (const [node, transformed] of [
    ['24', false],
    ['22', true],
  ] as const) {
    await writeFile(join(folder, 'jest.config.cjs'), configuration(transformed));
    const flags = transformed ? [] : ['--experimental-vm-modules'];
    const script = [...flags, 'node_modules/jest/bin/jest.js'];
    const { exitCode, output } = await runOn(consumer, node, script, redisUrl);
    if (exitCode !== 0) throw new Error(output.split('\n').slice(0, 30).join('\n'));
  }
}
