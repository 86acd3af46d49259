import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from './execute.ts';
import type { Place } from './place.ts';

const program = `import { initializeConfig, logger, runTask } from '@map/config';
const config = await initializeConfig({ metricsServer: false });
await runTask({ type: 'try' }, () =>
  config.connections.redisConnection((redis) => redis.set('yarn', 'yes')),
);
logger.info('Tried');
await config.shutdown();
`;

/** Installs with Yarn's strict Plug'n'Play, where a package finds only what it declares. */
export async function useYarn({ folder, env, node }: Place): Promise<void> {
  const cwd = join(folder, 'yarn');
  await mkdir(cwd, { recursive: true });
  const npmrc = await readFile(join(folder, '../.npmrc'), 'utf8');
  const registry = /^registry=(.*)$/m.exec(npmrc)?.[1];
  const manifest = { name: 'yarn-consumer', private: true, dependencies: { '@map/config': '*' } };
  await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(cwd, 'yarn.lock'), '');
  await writeFile(join(cwd, 'program.mjs'), program);
  const settings = {
    nodeLinker: 'pnp',
    npmRegistryServer: registry,
    unsafeHttpWhitelist: ['127.0.0.1'],
    enableTelemetry: false,
    enableGlobalCache: false,
    enableImmutableInstalls: false,
    // The packages were published a moment ago.
    npmMinimalAgeGate: 0,
    compressionLevel: 0,
  };
  // JSON is YAML.
  await writeFile(join(cwd, '.yarnrc.yml'), JSON.stringify(settings));
  const yarn = join(folder, '../node_modules/@yarnpkg/cli-dist/bin/yarn.js');
  await must(node, [yarn, 'install'], { cwd, env });
  const output = await must(node, [yarn, 'node', 'program.mjs'], { cwd, env });
  if (!output.includes('"Tried"')) throw new Error(output);
}
