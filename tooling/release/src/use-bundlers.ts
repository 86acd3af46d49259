import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Consumer, runOn } from './consumer.ts';
import { must } from './execute.ts';
import { nodePath } from './runtimes.ts';

/** The bundlers. */
export const bundlerPackages: readonly string[] = [
  ...['rollup@4.68.8', '@rollup/plugin-node-resolve@16.0.3', '@rollup/plugin-commonjs@29.0.3'],
  ...['@rollup/plugin-json@6.1.0', 'webpack@5.113.0', '@vercel/ncc@0.45.0'],
  ...['tsdown@0.23.7', 'esbuild@0.28.2'],
];

/** A service with a setting whose check needs the validator, and its format. */
const program = `import { initializeConfig } from '@map/config';
import { defineSettings, json, url } from '@map/config/settings';
import { Type } from '@sinclair/typebox';

const settings = defineSettings({
  PUBLIC_URL: url({ schemes: ['https'], default: 'https://example.com' }),
  CONTACT: json(Type.Object({ mail: Type.String({ format: 'email' }) }), {
    default: { mail: 'ann@example.com' },
  }),
});

async function main() {
  try {
    const config = await initializeConfig({ settings, signals: false });
    config.logger.info('bundled');
    const scrape = await fetch(config.metricsServer.url + '/metrics');
    const page = await fetch(config.metricsServer.url);
    const isWhole =
      (await scrape.text()).includes('process_cpu_seconds_total') &&
      (await page.text()).includes('Resident memory');
    await config.shutdown('done');
    console.log(isWhole ? 'DONE' : 'NO METRICS');
  } catch (error) {
    console.log('FAILED', error.code, error.message);
  }
}
main();
`;

const IMPORT = /^import (.*) from (.*);$/gm;

/** Bundles the program with each bundler; the output folder is the first argument. */
const script = `const { writeFileSync } = require('node:fs');
const { join, dirname } = require('node:path');
const { mkdirSync } = require('node:fs');
const out = process.argv[2];
const save = (file, code) => {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  writeFileSync(join(out, file), code);
};
async function withRollup() {
  const { rollup } = require('rollup');
  const { nodeResolve } = require('@rollup/plugin-node-resolve');
  const bundle = await rollup({
    input: 'program.mjs',
    plugins: [
      nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }),
      require('@rollup/plugin-commonjs')(),
      require('@rollup/plugin-json')(),
    ],
    onwarn: () => {},
  });
  await bundle.write({ format: 'cjs', file: join(out, 'rollup.cjs'), inlineDynamicImports: true });
  await bundle.write({ format: 'es', file: join(out, 'rollup.mjs'), inlineDynamicImports: true });
}
function withWebpack(esm) {
  const webpack = require('webpack');
  const configuration = {
    mode: 'production',
    optimization: { minimize: false },
    target: 'node22',
    entry: './program.mjs',
    output: {
      path: join(out, esm ? 'webpack-esm' : 'webpack-cjs'),
      filename: esm ? 'index.mjs' : 'index.cjs',
      chunkFilename: esm ? '[id].mjs' : '[id].cjs',
      ...(esm && { module: true, chunkFormat: 'module' }),
    },
    ...(esm && { experiments: { outputModule: true } }),
  };
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error) reject(error);
      else if (stats.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
      else resolve();
    });
  });
}
async function withNcc(esm) {
  const ncc = require('@vercel/ncc');
  const entry = join(__dirname, esm ? 'program.mjs' : 'program.cjs');
  const { code, assets } = await ncc(entry, { cache: false, quiet: true, esm });
  const folder = esm ? 'ncc-esm' : 'ncc-cjs';
  save(folder + (esm ? '/index.mjs' : '/index.cjs'), code);
  for (const [name, { source }] of Object.entries(assets)) save(folder + '/' + name, source);
}
async function withTsdown() {
  const { build } = await import('tsdown');
  await build({
    entry: ['program.mjs'],
    format: ['esm', 'cjs'],
    outDir: join(out, 'tsdown'),
    platform: 'node',
    noExternal: [/.*/],
    inlineOnly: false,
    outputOptions: { codeSplitting: false },
    dts: false,
    config: false,
    logLevel: 'error',
  });
}
async function withEsbuild(esm) {
  const { build } = require('esbuild');
  // In ES modules, esbuild gives CommonJS packages no require.
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: ['program.mjs'],
    outfile: join(out, esm ? 'esbuild.mjs' : 'esbuild.cjs'),
    bundle: true,
    platform: 'node',
    format: esm ? 'esm' : 'cjs',
    ...(esm && { banner: { js: banner } }),
    logLevel: 'error',
  });
}
(async () => {
  await withEsbuild(false);
  await withEsbuild(true);
  await withTsdown();
  await withRollup();
  await withWebpack(false);
  await withWebpack(true);
  await withNcc(false);
  await withNcc(true);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

const bundles = [
  'esbuild.cjs',
  'esbuild.mjs',
  'rollup.cjs',
  'rollup.mjs',
  'webpack-cjs/index.cjs',
  'webpack-esm/index.mjs',
  'ncc-cjs/index.cjs',
  'ncc-esm/index.mjs',
  'tsdown/program.cjs',
  'tsdown/program.mjs',
];

/**
 * Bundles a small service with esbuild, rollup, webpack, ncc and tsdown, as CommonJS and as an ES module.
 * Runs each bundle away from `node_modules`: it logs, is scraped and ends; wrong settings stop it.
 *
 * @param consumer - with the umbrella and `bundlerPackages` installed
 * @param redisUrl - a private Redis
 * @throws Error with the output of the bundle that does not do what the program does
 */
export async function useBundlers(consumer: Consumer, redisUrl: string): Promise<void> {
  const { folder } = consumer;
  const place = join(folder, 'bundlers');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'program.mjs'), program);
  await writeFile(join(place, 'program.cjs'), program.replace(IMPORT, 'const $1 = require($2);'));
  await writeFile(join(place, 'bundle.cjs'), script);
  const out = await mkdtemp(join(tmpdir(), 'map-bundles-'));
  try {
    await must(nodePath('24'), ['bundle.cjs', out], {
      cwd: place,
      env: { PATH: process.env['PATH'] },
    });
    for (const bundle of bundles) {
      const file = join(out, bundle);
      await expectOutput(
        consumer,
        file,
        redisUrl,
        {},
        /^\{.*"message":"bundled".*\}$[\s\S]*^DONE$/m,
      );
      await expectOutput(
        consumer,
        file,
        redisUrl,
        { PUBLIC_URL: 'ftp://example.com', CONTACT: '{"mail":"nobody"}' },
        /^FAILED CONFIG_INVALID_3002 [\s\S]*PUBLIC_URL[\s\S]*CONTACT\.mail/m,
      );
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function expectOutput(
  consumer: Consumer,
  file: string,
  redisUrl: string,
  env: Record<string, string>,
  expected: RegExp,
): Promise<void> {
  const { exitCode, output } = await runOn(consumer, '24', [file], redisUrl, env);
  if (exitCode !== 0 || !expected.test(output)) {
    throw new Error(`${file} ended with ${exitCode}:\n${output.split('\n').slice(-20).join('\n')}`);
  }
}
