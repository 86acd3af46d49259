import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Budget, checkBudget, readBudgets } from './budget.ts';
import {
  add,
  asCommonJs,
  type Consumer,
  installAlone,
  runOn,
  type TypeCheck,
  typeCheck,
  writeExamples,
} from './consumer.ts';
import { entriesOf, repository } from './packages.ts';
import type { Registry } from './registry.ts';
import { checkRuntimeTable, runtimeTable } from './runtime-table.ts';
import { nodes, typescripts } from './runtimes.ts';
import { columns, size } from './size.ts';
import { strangeDependencies, takeStock } from './stock.ts';
import type { Check, Tally } from './tally.ts';
import { bundlerPackages, useBundlers } from './use-bundlers.ts';
import { useDeclarations } from './use-declarations.ts';
import { jestPackages, useJest } from './use-jest.ts';
import { placePackages, usePlaces } from './use-places.ts';
import { runtimePackages, columns as trials, useRuntimes } from './use-runtimes.ts';

/** Packages whose declarations need no @types/node, and their entries that still do. */
const typesWithoutNode: Record<string, string[]> = {
  '@map/errors': [],
  '@map/logger': ['@map/logger/winston'],
  '@map/metrics': [],
  '@map/redaction': [],
  '@map/settings': [],
};

/** Optional peers that an entry or its declarations import: users of the entry install them. */
const metricsPeers = ['@opentelemetry/sdk-metrics', '@pydantic/genai-prices'];
const entryPeers: Record<string, string[]> = {
  '@map/config': [
    ...metricsPeers,
    ...['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', 'winston'],
  ],
  '@map/logger': ['winston'],
  '@map/metrics': metricsPeers,
};

/** Where and with what a package is used. */
export interface UseOptions {
  name: string;
  version: string;
  registry: Registry;
  redisUrl: string;
  /** Folders are made in here. */
  scratch: string;
  tally: Tally;
  /** Writes the table of runtimes into the README, which else must have it. */
  writeReadme: boolean;
}

/** The result of using a package. */
export interface Used {
  row: string[];
  measured: Budget;
}

export const heading: string[] = [
  ...['package', 'tarball', 'installs', 'size', 'npm', 'pnpm'],
  ...nodes.map((node) => `node ${node}`),
  ...typescripts.map((typescript) => `ts ${typescript}`),
];

/**
 * Does with one package what users do: installs it alone, compiles and runs its example.
 *
 * @param options - the package and where to get it
 * @returns its row for the table and its sizes
 * @throws Error where it cannot even be installed
 */
export async function usePackage(options: UseOptions): Promise<Used> {
  const { name, version, registry, scratch, tally } = options;
  const folder = (client: string): string =>
    join(scratch, `${name.replace('@map/', '')}-${client}`);
  const consumer = await installAlone(folder('npm'), 'npm', name, registry);
  const { packages, bytes } = await takeStock(consumer.folder);
  const measured: Budget = {
    tarballBytes: await tarballSize(registry, name, version),
    installPackages: packages.length,
    installBytes: bytes,
  };
  const strangers = strangeDependencies(name, packages, consumer.folder);
  const checks: Check[] = [
    { name: `${name} installs alone with npm`, ok: true },
    { name: `${name} is at ${version}`, ok: consumer.manifest.version === version },
    {
      name: `${name} brings only what it declares, once`,
      ok: strangers.length === 0,
      detail: strangers.join('\n'),
    },
    checkBudget(name, measured, readBudgets()),
  ];
  tally.add(...checks);
  const npm = verdict(checks);
  const pnpm = await tried(tally, `${name} installs alone with pnpm, nothing undeclared`, () =>
    importEntries(options, folder('pnpm')),
  );
  await writeExamples(consumer, typesWithoutNode[name] ?? []);
  if (typesWithoutNode[name]) {
    await tried(tally, `${name} types of the main entry: no optional peer, no @types/node`, () =>
      mustCheck(consumer, { typescript: '6', resolution: 'nodenext', node: false, file: 'main' }),
    );
  }
  await addPeers(consumer, 'npm');
  const types = await checkTypes(consumer, tally);
  const runs = await runExamples(consumer, options);
  if (name === '@map/config') await useUmbrella(consumer, options);
  const { tarballBytes, installPackages } = measured;
  const sizes = [size(tarballBytes), String(installPackages), size(bytes)];
  return { measured, row: [name, ...sizes, npm, pnpm, ...runs, ...types] };
}

/** The umbrella in what users build with and run it in, at two places at a time. */
async function useUmbrella(
  consumer: Consumer,
  { tally, redisUrl, writeReadme }: UseOptions,
): Promise<void> {
  const { name } = consumer.manifest;
  await add(consumer.folder, 'npm', [
    ...jestPackages,
    ...bundlerPackages,
    ...runtimePackages,
    ...placePackages,
  ]);
  const attempt = (title: string, run: () => Promise<void>): Promise<string> =>
    tried(tally, title, run);
  const show = (table: string): boolean => process.stdout.write(`\n${table}\n\n`);
  await Promise.all([
    (async () => {
      await attempt(`${name} loads in Jest's CommonJS mode`, () => useJest(consumer, redisUrl));
      await attempt(`${name} in bundles of esbuild, rollup, webpack, ncc and tsdown`, () =>
        useBundlers(consumer, redisUrl),
      );
    })(),
    (async () => {
      await tally.step(`${name} is used on Node.js, Bun and Deno`, async () => {
        const table = runtimeTable(trials, await useRuntimes(consumer, redisUrl, attempt));
        show(table);
        await attempt('the README shows what runs where', async () =>
          checkRuntimeTable(join(repository, 'README.md'), table, writeReadme),
        );
      });
      await tally.step(`${name} is used where users build`, async () => {
        const rows = await usePlaces(consumer, redisUrl, attempt);
        show(columns([['place', 'verdict'], ...rows.sort()]));
      });
    })(),
  ]);
}

async function addPeers({ folder, manifest }: Consumer, client: 'npm' | 'pnpm'): Promise<void> {
  const peers = entryPeers[manifest.name];
  if (peers) await add(folder, client, peers);
}

/** Under pnpm a package finds only what it declares. */
async function importEntries(options: UseOptions, folder: string): Promise<void> {
  const consumer = await installAlone(folder, 'pnpm', options.name, options.registry);
  await addPeers(consumer, 'pnpm');
  const lines = entriesOf(consumer.manifest).map((entry) => `await import('${entry}');\n`);
  await writeFile(join(folder, 'entries.mjs'), lines.join(''));
  await mustRun(consumer, '22', 'entries.mjs', options.redisUrl);
  if (options.name === '@map/config') await useDeclarations(consumer);
}

async function checkTypes(consumer: Consumer, tally: Tally): Promise<string[]> {
  const { name } = consumer.manifest;
  const verdicts = new Map(typescripts.map((typescript) => [typescript, 'ok']));
  const check = async (node: boolean): Promise<void> => {
    for (const typescript of typescripts) {
      for (const resolution of ['nodenext', 'bundler'] as const) {
        const title = `${name} types: ts ${typescript}, ${resolution}${node ? '' : ', no @types/node'}`;
        const outcome = await tried(tally, title, () =>
          mustCheck(consumer, { typescript, resolution, node }),
        );
        if (outcome !== 'ok') verdicts.set(typescript, outcome);
      }
    }
  };
  if (typesWithoutNode[name]) await check(false);
  await add(consumer.folder, 'npm', ['@types/node@22']);
  await check(true);
  // Newer declarations of Node: one compiler is enough to see whether they fit, and the umbrella has
  // the declarations of every package. Only the logger is also used with transports of winston.
  for (const types of ['@map/config', '@map/logger'].includes(name) ? ['24', '26'] : []) {
    await tried(tally, `${name} types: @types/node ${types}`, async () => {
      await add(consumer.folder, 'npm', [`@types/node@${types}`]);
      await mustCheck(consumer, { typescript: '7', resolution: 'nodenext', node: true });
    });
  }
  return [...verdicts.values()];
}

async function runExamples(consumer: Consumer, options: UseOptions): Promise<string[]> {
  const { folder, manifest } = consumer;
  const { tally, redisUrl } = options;
  // Its complaints were counted above; the JavaScript is written anyway.
  await typeCheck(consumer, { typescript: '6', resolution: 'nodenext', node: true, outDir: 'out' });
  await cp(join(folder, 'out/example.mjs'), join(folder, 'example.mjs'));
  const compiled = await readFile(join(folder, 'example.mjs'), 'utf8');
  await writeFile(join(folder, 'example.cjs'), asCommonJs(compiled));
  await writeFile(join(folder, 'entries.cjs'), sameByRequire(entriesOf(manifest)));
  const verdicts: string[] = [];
  const commands = Object.entries(manifest.bin ?? {});
  for (const node of nodes) {
    const outcomes: string[] = [];
    for (const [script, title] of [
      ['example.mjs', 'example as ESM'],
      ['example.cjs', 'example through require()'],
      ['entries.cjs', 'entries by require() and import agree'],
    ] as const) {
      const name = `${manifest.name} on node ${node}: ${title}`;
      outcomes.push(await tried(tally, name, () => mustRun(consumer, node, script, redisUrl)));
    }
    for (const [command, file] of commands) {
      const script = join('node_modules', manifest.name, file);
      const name = `${manifest.name} on node ${node}: ${command} --help`;
      outcomes.push(
        await tried(tally, name, () => mustRun(consumer, node, script, redisUrl, '--help')),
      );
    }
    verdicts.push(outcomes.every((outcome) => outcome === 'ok') ? 'ok' : 'FAILED');
  }
  return verdicts;
}

function sameByRequire(entries: string[]): string {
  return `const { deepStrictEqual } = require('node:assert');
const names = (module) =>
  Object.keys(module).filter((name) => !['__esModule', 'module.exports'].includes(name)).sort();
(async () => {
  for (const entry of ${JSON.stringify(entries)}) {
    deepStrictEqual(names(require(entry)), names(await import(entry)), entry);
  }
})();
`;
}

async function mustCheck(consumer: Consumer, check: TypeCheck): Promise<void> {
  const complaints = await typeCheck(consumer, check);
  if (complaints !== '') throw new Error(complaints.split('\n').slice(0, 12).join('\n'));
}

async function mustRun(
  consumer: Consumer,
  node: string,
  script: string,
  redisUrl: string,
  ...args: string[]
): Promise<void> {
  const { exitCode, output } = await runOn(consumer, node, [script, ...args], redisUrl);
  if (exitCode !== 0) throw new Error(output.split('\n').slice(-15).join('\n'));
}

async function tried(tally: Tally, name: string, run: () => Promise<void>): Promise<string> {
  return (await tally.step(name, run)) ? 'ok' : 'FAILED';
}

function verdict(checks: Check[]): string {
  return checks.every(({ ok }) => ok) ? 'ok' : 'FAILED';
}

async function tarballSize(registry: Registry, name: string, version: string): Promise<number> {
  const response = await fetch(`${registry.url}${name}`);
  const { versions } = (await response.json()) as {
    versions: Record<string, { dist: { tarball: string } }>;
  };
  const tarball = await fetch(versions[version]?.dist.tarball ?? '');
  return (await tarball.arrayBuffer()).byteLength;
}
