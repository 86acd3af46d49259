import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { add, type Consumer } from './consumer.ts';
import { execute } from './execute.ts';
import { nodePath, tscPath, typescripts } from './runtimes.ts';

/** Values whose types the compiler must be able to name with the main entry alone. */
const values = `import { initializeConfig, logger, runTask, settings } from '@map/config';

const config = await initializeConfig();
export const log = logger.getLogger('x');
export const context = logger.getContext();
export const name = settings.APP_NAME;
export const { connections, metrics, settings: loaded } = config;
export const key = config.settings.OPENAI_API_KEY;
export const counter = metrics.defineCounter({ name: 'a_total', help: 'a', labels: ['b'] });
export const redis = connections.getRedisConnection();
export const lease = connections.acquireRedis();
export const client = connections.httpSession((http) => http);
export const fetcher = connections.getFetch();
export const stats = connections.stats();
export const health = connections.health();
export const task = runTask({ type: 'a' }, (work) => work);
`;

/** The example of docs/settings.md for a definition under `isolatedDeclarations`. */
const definition = `import {
  defineSettings,
  integer,
  type Settings,
  type SettingsDefinition,
  type StockVariables,
} from '@map/config/settings';

interface AppVariables {
  readonly POOL_MAX: number;
}

const app: SettingsDefinition<AppVariables & StockVariables, AppVariables & Settings> =
  defineSettings({ POOL_MAX: integer({ default: 10 }) });
export default app;
`;

/**
 * Compiles modules that export values of the umbrella to declarations, under pnpm, where the
 * compiler can name only what the consumer itself depends on.
 *
 * @param consumer - with the umbrella installed by pnpm
 * @throws Error with the compiler's complaints
 */
export async function useDeclarations({ folder }: Consumer): Promise<void> {
  await add(folder, 'pnpm', ['@types/node@22']);
  await mkdir(join(folder, 'declared'), { recursive: true });
  await writeFile(join(folder, 'declared/values.mts'), values);
  await writeFile(join(folder, 'declared/definition.mts'), definition);
  for (const typescript of typescripts) {
    // Each alone: the imports of one would help the other.
    await compile(folder, typescript, 'values', {});
    await compile(folder, typescript, 'definition', { isolatedDeclarations: true });
  }
}

async function compile(
  folder: string,
  typescript: string,
  file: string,
  more: object,
): Promise<void> {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    declaration: true,
    rootDir: 'declared',
    outDir: 'declared/out',
    ...more,
  };
  const name = `tsconfig.declared-${file}.json`;
  const config = { compilerOptions, files: [`declared/${file}.mts`] };
  await writeFile(join(folder, name), JSON.stringify(config));
  const { exitCode, output } = await execute(
    nodePath('24'),
    [tscPath(typescript), '-p', name, '--pretty', 'false'],
    { cwd: folder, env: { PATH: process.env['PATH'] } },
  );
  if (exitCode !== 0) throw new Error(`ts ${typescript}: ${output}`);
}
