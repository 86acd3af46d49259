import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setAddress } from './address.ts';
import { checkBudget, readBudgets } from './budget.ts';
import { checkTarball } from './check-tarball.ts';
import { must, runPnpm } from './execute.ts';
import { type Package, publicPackages, repository } from './packages.ts';
import { columns, size } from './size.ts';
import { Tally } from './tally.ts';
import { openTarball } from './tarball.ts';

const help = `release <pack|check|publish|snapshot tag|address url>

  pack      build from clean, then pack what the registry lacks into .pack
  check     look at each tarball in .pack
  publish   publish those very tarballs and tag the commit
  snapshot  all of it for trying out a branch: separate versions, under a tag of the registry
  address   set the address of the repository, everywhere
`;

interface Release {
  kind: string;
  name: string;
  version: string;
  tag: string;
  tarball?: { path: string };
}

const packed = join(repository, '.pack');
const planFile = join(packed, 'publish-plan.json');

async function readPlan(): Promise<{ plan: Release[][] }> {
  return JSON.parse(await readFile(planFile, 'utf8')) as { plan: Release[][] };
}

async function pack(packages: Package[]): Promise<void> {
  await rm(packed, { recursive: true, force: true });
  for (const { folder } of packages)
    await rm(join(folder, 'dist'), { recursive: true, force: true });
  const options = { cwd: repository };
  await runPnpm(['exec', 'turbo', 'run', 'build', '--filter=./packages/*', '--force'], options);
  process.stdout.write(await runPnpm(['exec', 'changeset', 'pack', '--out-dir', '.pack'], options));
}

async function check(): Promise<boolean> {
  const tally = new Tally();
  const budgets = readBudgets();
  const rows = [['package', 'files', 'tarball']];
  const releases = (await readPlan()).plan.flat().filter(({ tarball }) => tarball);
  if (releases.length === 0) process.stdout.write('nothing to release\n');
  const versions = new Set(releases.map(({ version }) => version));
  tally.add({ name: 'all packages have one version', ok: versions.size <= 1 });
  for (const { name, version, tarball: file } of releases) {
    await using tarball = await openTarball(join(packed, file?.path ?? ''));
    const { sizeBytes, manifest, files } = tarball;
    const isRight = manifest.name === name && manifest.version === version;
    tally.add({ name: `${name}@${version} is what the plan says`, ok: isRight });
    tally.add(...(await checkTarball(tarball)));
    tally.add(checkBudget(name, { tarballBytes: sizeBytes }, budgets));
    rows.push([`${name}@${version}`, String(files.length), size(sizeBytes)]);
  }
  process.stdout.write(`\n${columns(rows)}\n\n`);
  tally.conclude();
  return tally.failed === 0;
}

async function publish(...flags: string[]): Promise<void> {
  const options = { cwd: repository };
  const command = ['exec', 'changeset', 'publish', '--from-pack-dir', '.pack', ...flags];
  process.stdout.write(await runPnpm(command, options));
  process.stdout.write(await must('git', ['tag', '--points-at', 'HEAD'], options));
}

async function snapshot(tag: string): Promise<void> {
  await runPnpm(['exec', 'changeset', 'version', '--snapshot', tag], { cwd: repository });
  await pack(publicPackages());
  const plan = await readPlan();
  for (const release of plan.plan.flat()) release.tag = tag;
  await writeFile(planFile, JSON.stringify(plan, null, 2));
  if (await check()) await publish('--no-git-tag');
}

const [command, value] = parseArgs({ allowPositionals: true }).positionals;
if (command === 'pack') await pack(publicPackages());
else if (command === 'check') await check();
else if (command === 'publish') await publish();
else if (command === 'snapshot' && value) await snapshot(value);
else if (command === 'address' && value) {
  process.stdout.write(`${(await setAddress(value)).join('\n')}\n`);
} else {
  process.stderr.write(help);
  process.exitCode = 2;
}
