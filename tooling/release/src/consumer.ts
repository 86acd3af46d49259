import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { blocksOf } from '@map-tooling/docs';
import { execute, must, pnpm } from './execute.ts';
import { entriesOf, type Manifest, readManifest } from './packages.ts';
import type { Registry } from './registry.ts';
import { nodeFolder, nodePath, tscPath } from './runtimes.ts';

/** How often an install is tried. */
const INSTALL_ATTEMPTS = 3;

/** An empty folder into which a user installed one package. */
export interface Consumer {
  folder: string;
  manifest: Manifest;
}

/**
 * Installs one package from the registry into an empty folder, as a user would.
 *
 * @param folder - created
 * @param client - npm or pnpm
 * @param name - the package
 * @param registry - the private registry
 * @returns the folder and the manifest of what was installed
 */
export async function installAlone(
  folder: string,
  client: 'npm' | 'pnpm',
  name: string,
  registry: Registry,
): Promise<Consumer> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.npmrc'), registry.npmrc);
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n');
  if (client === 'pnpm') {
    // The packages were published a moment ago: the policy on young releases is not for them.
    const settings = ['packages: []', 'minimumReleaseAge: 0', 'pmOnFail: ignore'];
    settings.push(`storeDir: ${join(folder, '../.pnpm-store')}`);
    await writeFile(join(folder, 'pnpm-workspace.yaml'), `${settings.join('\n')}\n`);
  }
  await add(folder, client, [name]);
  return { folder, manifest: readManifest(join(folder, 'node_modules', name)) };
}

export async function add(folder: string, client: 'npm' | 'pnpm', names: string[]): Promise<void> {
  const env = {
    ...cleanEnvironment(),
    npm_config_cache: join(folder, '../.npm-cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
  const [command, ...before] = client === 'npm' ? (['npm'] as const) : pnpm;
  const args = [...before, client === 'npm' ? 'install' : 'add', ...names];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await must(command, args, { cwd: folder, env });
      return;
    } catch (error) {
      // Hundreds of packages come from elsewhere; a fault of ours fails each time.
      if (attempt === INSTALL_ATTEMPTS) throw error;
      process.stdout.write(`again: ${error instanceof Error ? error.message : error}\n`);
    }
  }
}

/** The machine's environment without what pnpm and npm put there for their scripts. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(npm|pnpm)_|^(NODE_|CI$|INIT_CWD$)/i.test(name) ? [] : [[name, value]],
  );
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.startsWith(process.cwd()));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: [nodeFolder('24'), ...path].join(delimiter),
  };
}

/**
 * Writes the first runnable example of the installed README, and modules that name the entries.
 *
 * @param consumer - with the package installed
 * @param needNode - entries whose declarations need those of Node
 */
export async function writeExamples(
  { folder, manifest }: Consumer,
  needNode: string[],
): Promise<void> {
  const readme = await readFile(join(folder, 'node_modules', manifest.name, 'README.md'), 'utf8');
  const example = blocksOf(readme).find(({ runs }) => runs);
  if (!example) throw new Error(`the README of ${manifest.name} has no ts block that can run`);
  const write = (file: string, code: string) => writeFile(join(folder, 'src', file), code);
  await mkdir(join(folder, 'src'), { recursive: true });
  await write('example.mts', `${example.code}\nexport {};\n`);
  const entries = entriesOf(manifest);
  await write('entries.mts', importing(entries));
  await write('main.mts', importing([manifest.name]));
  await write('outputs.mts', manifest.name === '@map/logger' ? outputs : 'export {};\n');
  await write('plain.mts', importing(entries.filter((entry) => !needNode.includes(entry))));
}

// A program that depends on Node's streams and on the environment.
const outputs = `import { getLogger, setupLogging } from '@map/logger';
import { toWinston } from '@map/logger/winston';
import winston from 'winston';

setupLogging({
  level: process.env['LOG_LEVEL'] ?? 'info',
  transports: [new winston.transports.Console(), new winston.transports.File({ filename: 'x' })],
});
toWinston(getLogger('x')).add(new winston.transports.Console());
`;

function importing(entries: string[]): string {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';\n`);
  const names = entries.map((_, index) => `entry${index}`).join(', ');
  return `${imports.join('')}export const entries: readonly object[] = [${names}];\n`;
}

/** The options of a type check. */
export interface TypeCheck {
  typescript: string;
  resolution: 'nodenext' | 'bundler';
  /** With @types/node and the example, or without and the entries alone. */
  node: boolean;
  /** This module alone. */
  file?: string;
  /** Emits JavaScript of the example into this folder. */
  outDir?: string;
}

/**
 * Type-checks a consumer, with the declarations of all it depends on.
 *
 * @param consumer - with examples written
 * @param check - compiler, resolution, Node's types
 * @returns the compiler's complaints; empty if it accepts everything
 */
export async function typeCheck({ folder }: Consumer, check: TypeCheck): Promise<string> {
  const { typescript, resolution, node, file, outDir } = check;
  const usual = node ? ['example', 'entries', 'outputs'] : ['plain'];
  const name = `tsconfig.${typescript}-${resolution}-${node ? 'node' : 'plain'}.json`;
  const config = {
    compilerOptions: {
      target: 'es2023',
      ...(node ? { lib: ['es2023'] } : {}),
      types: node ? ['node'] : [],
      module: resolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution: resolution,
      strict: true,
      skipLibCheck: false,
      // The compiler's own libraries are not what is checked here.
      skipDefaultLibCheck: true,
      rootDir: 'src',
      ...(outDir ? { outDir } : { noEmit: true }),
    },
    files: (file ? [file] : usual).map((name) => `src/${name}.mts`),
  };
  await writeFile(join(folder, name), JSON.stringify(config));
  const { output } = await execute(
    nodePath('24'),
    [tscPath(typescript), '-p', name, '--pretty', 'false'],
    { cwd: folder, env: { PATH: process.env['PATH'] } },
  );
  return output.trim();
}

/**
 * Rewrites the compiled example for `require()`.
 *
 * @param code - an ES module: imports on top, await allowed
 * @returns the same as CommonJS
 */
export function asCommonJs(code: string): string {
  const body = code
    .replaceAll(
      /^import\s+(?:(\w+)\s*,?\s*)?(?:\{([^}]*)\}|\*\s+as\s+(\w+))?\s*(?:from\s*)?(['"][^'"]+['"]);?$/gm,
      (_, whole?: string, named?: string, all?: string, from?: string) => {
        const lines: string[] = [];
        if (whole) lines.push(`const ${whole} = require(${from}).default ?? require(${from});`);
        if (named) lines.push(`const {${named.replaceAll(/\bas\b/g, ':')}} = require(${from});`);
        if (all) lines.push(`const ${all} = require(${from});`);
        return lines.length > 0 ? lines.join(' ') : `require(${from});`;
      },
    )
    .replaceAll(/^export \{\};?$/gm, '');
  return `(async () => {\n${body}\n})().catch((error) => {\n  console.error(error);\n  process.exit(1);\n});\n`;
}

/**
 * Runs a script of a consumer on one version of Node.
 *
 * @param consumer - the folder it stands in
 * @param node - the major version
 * @param script - path from that folder, and arguments
 * @param redisUrl - a private Redis
 * @param variables - of its environment
 * @returns exit code and output
 */
export function runOn(
  { folder }: Consumer,
  node: string,
  script: string[],
  redisUrl: string,
  variables: Record<string, string> = {},
): Promise<{ exitCode: number; output: string }> {
  return execute(nodePath(node), ['--no-warnings', ...script], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      REDIS_URL: redisUrl,
      METRICS_PORT: '0',
      ...variables,
    },
    timeoutMs: 30_000,
  });
}
