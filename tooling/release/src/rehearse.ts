import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRedis } from '@map-tooling/testing';
import { type Budget, writeBudgets } from './budget.ts';
import { publicPackages, repository } from './packages.ts';
import { type Registry, startRegistry } from './registry.ts';
import {
  type Clone,
  checkVersions,
  prepareClone,
  publish,
  release,
  tryBranch,
} from './release-clone.ts';
import { installRuntimes } from './runtimes.ts';
import { columns } from './size.ts';
import { Tally } from './tally.ts';
import { heading, usePackage } from './use-package.ts';

const help = `release:rehearse publishes a temporary clone to a registry on loopback, twice, and installs
and uses the packages from there as users would.

  --source folder   the repository to clone; this one by default
  --only name       publish once, and use this package alone
  --write-budgets   write the sizes measured to budgets.json
  --write-readme    write the table of runtimes to README.md
`;

const { values: options } = parseArgs({
  options: {
    source: { type: 'string', default: repository },
    only: { type: 'string' },
    'write-budgets': { type: 'boolean', default: false },
    'write-readme': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const tally = new Tally();

async function rehearse(scratch: string): Promise<void> {
  await tally.step('Node, TypeScript and registry are installed', installRuntimes);
  await using registry = await startRegistry();
  const clone: Clone = { folder: join(scratch, 'clone'), tally, registry };
  await tally.step('the repository is cloned and installed', () =>
    prepareClone(clone, options.source),
  );
  const first = await release(clone, 'first');
  await publish(clone, first);
  if (options.only !== undefined) return await useAll(scratch, [options.only], first, registry);
  await writeFile(
    join(clone.folder, '.changeset/second.md'),
    '---\n"@map/errors": patch\n---\n\nThe second release of a rehearsal.\n',
  );
  const second = await release(clone, 'second');
  await publish(clone, second);
  await checkVersions(clone, first, second);
  await tryBranch(clone);
  const names = publicPackages(clone.folder).map(({ manifest }) => manifest.name);
  await useAll(scratch, names, second, registry);
}

async function useAll(
  scratch: string,
  names: string[],
  version: string,
  registry: Registry,
): Promise<void> {
  await using redis = await startRedis();
  const rows = new Map<string, string[]>();
  const measured: Record<string, Budget> = {};
  const queue = [...names];
  const lane = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const current = name;
      const use = {
        ...{ name, version, registry, redisUrl: redis.url, scratch, tally },
        writeReadme: options['write-readme'],
      };
      await tally.step(`${name} can be used`, async () => {
        const used = await usePackage(use);
        rows.set(current, used.row);
        measured[current] = used.measured;
      });
    }
  };
  await Promise.all([lane(), lane()]);
  const sorted = [...rows.values()].sort(([a = ''], [b = '']) => a.localeCompare(b));
  process.stdout.write(`\n${columns([heading, ...sorted])}\n\n`);
  if (options['write-budgets']) writeBudgets(measured);
}

if (options.help) {
  process.stdout.write(help);
} else {
  const startedAt = Date.now();
  const scratch = await mkdtemp(join(tmpdir(), 'map-rehearsal-'));
  await tally.step('the rehearsal ran to its end', () => rehearse(scratch));
  // A command that was ended at its limit may have left processes that still write here.
  await rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  process.stdout.write(`rehearsed in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  tally.conclude();
}
