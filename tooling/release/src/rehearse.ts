import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRedis } from '@map-tooling/testing';
import { type Budget, checkBudget, readBudgets, writeBudgets } from './budget.ts';
import {
  add,
  asCommonJs,
  type Consumer,
  installAlone,
  runOn,
  takeStock,
  typeCheck,
  writeExamples,
} from './consumer.ts';
import { execute, must, pnpm, runPnpm } from './execute.ts';
import { entriesOf, publicPackages, readManifest, repository } from './packages.ts';
import { type Registry, startRegistry } from './registry.ts';
import { installRuntimes, nodes, typescripts } from './runtimes.ts';
import { columns, size } from './size.ts';
import { Tally } from './tally.ts';

const help = `release:rehearse publishes a temporary clone to a registry on loopback, twice, and installs
and uses the packages from there as users would.

  --source folder   the repository to clone; this one by default
  --until check     stop after the tarballs were checked
  --write-budgets   write what was measured to budgets.json
`;

const { values: options } = parseArgs({
  options: {
    source: { type: 'string', default: repository },
    until: { type: 'string' },
    'write-budgets': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Packages whose declarations need no @types/node. */
const typesWithoutNode = ['@map/errors', '@map/settings'];

const tally = new Tally();
const scratch = await mkdtemp(join(tmpdir(), 'map-rehearsal-'));

async function main(): Promise<void> {
  await tally.step('runtimes are installed', installRuntimes);
  await using registry = await startRegistry();
  const clone = join(scratch, 'clone');
  await tally.step('the repository is cloned and installed', () => prepareClone(clone, registry));

  const first = await release(clone, 'first');
  if (options.until === 'check') return;
  await publish(clone, first);
  await writeFile(
    join(clone, '.changeset/second.md'),
    '---\n"@map/errors": patch\n---\n\nThe second release of a rehearsal.\n',
  );
  const second = await release(clone, 'second');
  await publish(clone, second);
  await checkVersions(clone, first, second);
  await useAll(second, registry);
}

async function prepareClone(clone: string, registry: Registry): Promise<void> {
  await must('git', ['clone', '--quiet', '--no-hardlinks', options.source, clone], {
    cwd: scratch,
  });
  for (const [name, value] of [
    ['user.name', 'Rehearsal'],
    ['user.email', 'rehearsal@localhost'],
  ] as const) {
    await must('git', ['config', name, value], { cwd: clone });
  }
  await runPnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
  // From here on the registry of the clone is the private one.
  await writeFile(join(clone, '.npmrc'), registry.npmrc);
  await mkdir(join(clone, 'tooling/release/runtimes'), { recursive: true });
}

/** Version, build from clean, pack, check: the scripts of a real release, in the clone. */
async function release(clone: string, which: string): Promise<string> {
  const script = (...args: string[]) =>
    execute(pnpm[0], [...pnpm.slice(1), ...args], { cwd: clone });
  await tally.step(`${which} release: no wrong arrow`, () =>
    runPnpm(['exec', 'turbo', 'boundaries'], { cwd: clone }),
  );
  await tally.step(`${which} release: versions`, async () => {
    await runPnpm(['version-packages'], { cwd: clone });
    await must('git', ['add', '--all', '--', '.', ':!.npmrc'], { cwd: clone });
    await must('git', ['commit', '--quiet', '--allow-empty', '-m', `${which} release`], {
      cwd: clone,
    });
  });
  await tally.step(`${which} release: build and pack`, () =>
    runPnpm(['release:pack'], { cwd: clone }),
  );
  const { exitCode, output } = await script('release:check');
  for (const [, verdict, name, detail] of output.matchAll(
    /^(ok {4}|FAILED) (@?\S.*)((?:\n {7}.*)*)/gm,
  )) {
    tally.add({
      name: `${which} release: ${name}`,
      ok: verdict !== 'FAILED',
      detail: (detail ?? '').replaceAll(/^ {7}/gm, '').trim(),
    });
  }
  tally.add({
    name: `${which} release: tarballs are checked`,
    ok: /^\d+ passed, 0 failed$/m.test(output) && exitCode === 0,
    detail: output.split('\n').slice(-15).join('\n'),
  });
  return publicPackages(clone)[0]?.manifest.version ?? '';
}

async function publish(clone: string, version: string): Promise<void> {
  await tally.step(`${version} is published`, () => runPnpm(['release:publish'], { cwd: clone }));
  const tags = (await must('git', ['tag', '--points-at', 'HEAD'], { cwd: clone })).split('\n');
  const missing = publicPackages(clone)
    .map(({ manifest }) => `${manifest.name}@${version}`)
    .filter((tag) => !tags.includes(tag));
  tally.add({ name: `${version} is tagged`, ok: missing.length === 0, detail: missing.join(', ') });
}

async function checkVersions(clone: string, first: string, second: string): Promise<void> {
  const packages = publicPackages(clone);
  const odd = packages.filter(({ manifest }) => manifest.version !== second);
  tally.add({
    name: `a change of one package moves all from ${first} to ${second}`,
    ok: odd.length === 0 && first !== second,
    detail: odd.map(({ manifest }) => `${manifest.name}@${manifest.version}`).join(', '),
  });
  const changelog = await readFile(join(clone, 'packages/errors/CHANGELOG.md'), 'utf8');
  tally.add({
    name: 'the changelog tells of the second release',
    ok: changelog.includes(`## ${second}`) && changelog.includes('The second release'),
  });
}

async function useAll(version: string, registry: Registry): Promise<void> {
  await using redis = await startRedis();
  const names = publicPackages(options.source).map(({ manifest }) => manifest.name);
  const rows: string[][] = [
    ['package', 'packages', 'size', 'npm', 'pnpm', ...nodes.map((node) => `node ${node}`)].concat(
      typescripts.map((typescript) => `ts ${typescript}`),
    ),
  ];
  const measured: Record<string, Budget> = {};
  const queue = [...names];
  const lane = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const row = await use(name, version, registry, redis.url, measured);
      if (row) rows.push(row);
    }
  };
  await Promise.all([lane(), lane()]);
  rows.splice(
    1,
    rows.length,
    ...rows.slice(1).sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')),
  );
  process.stdout.write(`\n${columns(rows)}\n\n`);
  if (options['write-budgets']) writeBudgets(measured);
}

/** Everything a user does with one package; returns its row of the table. */
async function use(
  name: string,
  version: string,
  registry: Registry,
  redisUrl: string,
  measured: Record<string, Budget>,
): Promise<string[] | undefined> {
  const before = tally.checks.length;
  const failedSince = (pattern: RegExp): string =>
    tally.checks
      .slice(before)
      .some((check) => !check.ok && check.name.startsWith(name) && pattern.test(check.name))
      ? 'FAILED'
      : 'ok';
  const folder = (client: string): string => join(scratch, `${name.slice(5)}-${client}`);
  let consumer: Consumer | undefined;
  const isInstalled = await tally.step(`${name} installs alone with npm`, async () => {
    consumer = await installAlone(folder('npm'), 'npm', name, registry);
  });
  if (!isInstalled || !consumer) return undefined;
  const { manifest } = consumer;
  const stock = await takeStock(consumer.folder);
  const tarballBytes = await tarballSize(registry, name, version);
  measured[name] = {
    tarballBytes,
    installPackages: stock.packages.length,
    installBytes: stock.bytes,
  };
  const { installPackages, installBytes } = measured[name];
  tally.add(
    { name: `${name} is at ${version}`, ok: manifest.version === version },
    checkBudget(name, { installPackages, installBytes }, readBudgets()),
    {
      name: `${name} brings only what it declares`,
      ...ownDependencies(name, stock.packages, consumer.folder),
    },
  );

  await tally.step(`${name} installs alone with pnpm`, async () => {
    const other = await installAlone(folder('pnpm'), 'pnpm', name, registry);
    const entries = entriesOf(other.manifest).map((entry) => `await import('${entry}');`);
    await writeFile(join(other.folder, 'entries.mjs'), `${entries.join('\n')}\n`);
    const { exitCode, output } = await runOn(other, '22', 'entries.mjs', redisUrl);
    if (exitCode !== 0) throw new Error(output);
  });

  const complaints = async (check: Parameters<typeof typeCheck>[1]): Promise<void> => {
    const found = await typeCheck(consumer as Consumer, check);
    if (found !== '') throw new Error(found.split('\n').slice(0, 12).join('\n'));
  };
  const hasExample = await tally.step(`${name} has an example`, () =>
    writeExamples(consumer as Consumer),
  );
  if (!hasExample) return undefined;
  for (const typescript of typescripts) {
    for (const resolution of ['nodenext', 'bundler'] as const) {
      if (!typesWithoutNode.includes(name)) continue;
      await tally.step(`${name} types: ts ${typescript}, ${resolution}, no @types/node`, () =>
        complaints({ typescript, resolution, node: false }),
      );
    }
  }
  await add(consumer.folder, 'npm', ['@types/node@22']);
  for (const typescript of typescripts) {
    for (const resolution of ['nodenext', 'bundler'] as const) {
      await tally.step(`${name} types: ts ${typescript}, ${resolution}`, () =>
        complaints({ typescript, resolution, node: true }),
      );
    }
  }
  await runExamples(consumer, redisUrl);
  return [
    name,
    String(installPackages),
    size(installBytes),
    failedSince(/with npm/),
    failedSince(/with pnpm/),
    ...nodes.map((node) => failedSince(new RegExp(`on node ${node}`))),
    ...typescripts.map((typescript) => failedSince(new RegExp(`types: ts ${typescript}`))),
  ];
}

async function runExamples(consumer: Consumer, redisUrl: string): Promise<void> {
  const { folder, manifest } = consumer;
  await tally.step(`${manifest.name} example compiles`, async () => {
    await typeCheck(consumer, {
      typescript: '6',
      resolution: 'nodenext',
      node: true,
      outDir: 'out',
    });
    const compiled = await readFile(join(folder, 'out/example.mjs'), 'utf8');
    await writeFile(join(folder, 'example.cjs'), asCommonJs(compiled));
    await cp(join(folder, 'out/example.mjs'), join(folder, 'example.mjs'));
    const entries = entriesOf(manifest).map((entry) => `  '${entry}',`);
    await writeFile(
      join(folder, 'entries.cjs'),
      `(async () => {\n  for (const name of [\n${entries.join('\n')}\n  ]) {\n    const [a, b] = [Object.keys(require(name)), Object.keys(await import(name))];\n    if (String(a.filter((key) => key !== '__esModule')) !== String(b.filter((key) => key !== 'module.exports'))) throw new Error(name);\n  }\n})();\n`,
    );
  });
  for (const node of nodes) {
    for (const script of ['example.mjs', 'example.cjs', 'entries.cjs']) {
      await tally.step(`${manifest.name} ${script} on node ${node}`, async () => {
        const { exitCode, output } = await runOn(consumer, node, script, redisUrl);
        if (exitCode !== 0) throw new Error(output.split('\n').slice(-15).join('\n'));
      });
    }
  }
}

/** Follows `dependencies` from the package: whatever else is there was brought without being asked. */
function ownDependencies(
  name: string,
  packages: string[],
  folder: string,
): { ok: boolean; detail: string } {
  const asked = new Set<string>();
  const visit = (dependency: string): void => {
    if (asked.has(dependency)) return;
    asked.add(dependency);
    try {
      const manifest = readManifest(join(folder, 'node_modules', dependency));
      const { dependencies, optionalDependencies, peerDependencies } = manifest;
      const next = { ...dependencies, ...optionalDependencies, ...peerDependencies };
      for (const other of Object.keys(next)) visit(other);
    } catch {
      // Optional and absent.
    }
  };
  visit(name);
  const names = packages.map((entry) => entry.slice(0, entry.lastIndexOf('@')));
  const strange = names.filter((entry) => !asked.has(entry));
  const ours = names.filter((entry) => entry.startsWith('@map/'));
  const twice = ours.filter((entry, index) => ours.indexOf(entry) !== index);
  const problems = [
    ...strange.map((entry) => `${entry} is there and nobody depends on it`),
    ...twice.map((entry) => `${entry} is there more than once`),
  ];
  return { ok: problems.length === 0, detail: problems.join('\n') };
}

async function tarballSize(registry: Registry, name: string, version: string): Promise<number> {
  const response = await fetch(`${registry.url}${name}`);
  const { versions } = (await response.json()) as {
    versions: Record<string, { dist: { tarball: string } }>;
  };
  const tarball = await fetch(versions[version]?.dist.tarball ?? '');
  return (await tarball.arrayBuffer()).byteLength;
}

if (options.help) {
  process.stdout.write(help);
} else {
  const startedAt = Date.now();
  try {
    await main();
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.add({ name: 'the rehearsal runs to its end', ok: false, detail });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.stdout.write(`rehearsed in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  tally.conclude();
}
