import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, must, pnpm, runPnpm } from './execute.ts';
import { publicPackages } from './packages.ts';
import type { Registry } from './registry.ts';
import type { Tally } from './tally.ts';

/** A temporary clone that releases to the private registry. */
export interface Clone {
  folder: string;
  tally: Tally;
  registry: Registry;
}

/**
 * Clones a repository, installs it and points it at the private registry.
 *
 * @param clone - its folder does not exist yet
 * @param source - the repository
 */
export async function prepareClone({ folder, registry }: Clone, source: string): Promise<void> {
  await must('git', ['clone', '--quiet', '--no-hardlinks', source, folder], {
    cwd: source,
  });
  for (const [name, value] of [
    ['user.name', 'Rehearsal'],
    ['user.email', 'rehearsal@localhost'],
  ] as const) {
    await must('git', ['config', name, value], { cwd: folder });
  }
  await runPnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: folder });
  // A published package needs an address, even if the repository does not have one yet.
  await runPnpm(['release:address', 'https://git.rehearsal/map/map'], { cwd: folder });
  // From here on the registry of the clone is the private one.
  await writeFile(join(folder, '.npmrc'), registry.npmrc);
}

/** Whatever the machine is configured with, nothing is published anywhere else. */
function environment({ registry }: Clone): Record<string, string | undefined> {
  const { url } = registry;
  return { ...process.env, npm_config_registry: url, pnpm_config_registry: url };
}

/**
 * Versions, builds from clean, packs and checks, by the scripts of a real release.
 *
 * @param clone - prepared
 * @param which - first or second, for the names of checks
 * @returns the version that came out
 * @throws Error where there is nothing to publish in the end
 */
export async function release(clone: Clone, which: string): Promise<string> {
  const { folder: cwd, tally } = clone;
  const options = { cwd, env: environment(clone) };
  const step = (name: string, run: () => Promise<unknown>): Promise<boolean> =>
    tally.step(`${which} release: ${name}`, run);
  await step('no wrong arrow', () => runPnpm(['exec', 'turbo', 'boundaries'], options));
  await step('versions', async () => {
    // A release that is prepared already has no changesets left.
    const pending = (await readdir(join(cwd, '.changeset'))).filter((name) =>
      /^(?!README).*\.md$/.test(name),
    );
    if (pending.length > 0) await runPnpm(['version-packages'], options);
    await must('git', ['add', '--all', '--', '.', ':!.npmrc'], options);
    await must('git', ['commit', '--quiet', '--allow-empty', '-m', `${which} release`], options);
  });
  const isPacked = await step('build and pack', () => runPnpm(['release:pack'], options));
  if (!isPacked) throw new Error(`there is no ${which} release to publish`);
  await checkPacked(clone, which);
  return publicPackages(cwd)[0]?.manifest.version ?? '';
}

/** Runs the check of the tarballs, and takes over what it found. */
async function checkPacked({ folder: cwd, tally }: Clone, which: string): Promise<void> {
  const [command, ...before] = pnpm;
  const { exitCode, output } = await execute(command, [...before, 'release:check'], { cwd });
  const found = output.matchAll(/^(ok {4}|FAILED) (.+)((?:\n {7}.*)*)/gm);
  for (const [, verdict, name, detail = ''] of found) {
    const ok = verdict !== 'FAILED';
    tally.add({
      name: `${which} release: ${name}`,
      ok,
      detail: detail.replaceAll(/^ {7}/gm, '').trim(),
    });
  }
  const isWhole = /^\d+ passed, \d+ failed$/m.test(output);
  const isConsistent = (exitCode === 0) === /^\d+ passed, 0 failed$/m.test(output);
  tally.add({
    name: `${which} release: the check of the tarballs ran to its end`,
    ok: isWhole && isConsistent,
    detail: output.split('\n').slice(-15).join('\n'),
  });
}

/** Publishes the checked tarballs and looks at the tags. */
export async function publish({ folder, tally }: Clone, version: string): Promise<void> {
  await tally.step(`${version} is published`, () => runPnpm(['release:publish'], { cwd: folder }));
  const tags = (await must('git', ['tag', '--points-at', 'HEAD'], { cwd: folder })).split('\n');
  const missing = publicPackages(folder)
    .map(({ manifest }) => `${manifest.name}@${version}`)
    .filter((tag) => !tags.includes(tag));
  tally.add({ name: `${version} is tagged`, ok: missing.length === 0, detail: missing.join(', ') });
}

/** Looks at what a change of one package did to all of them. */
export async function checkVersions(
  { folder, tally }: Clone,
  first: string,
  second: string,
): Promise<void> {
  const packages = publicPackages(folder);
  const odd = packages.filter(({ manifest }) => manifest.version !== second);
  tally.add({
    name: `a change of one package moves all from ${first} to ${second}`,
    ok: odd.length === 0 && first !== second,
    detail: odd.map(({ manifest }) => `${manifest.name}@${manifest.version}`).join(', '),
  });
  const changelog = await readFile(join(folder, 'packages/errors/CHANGELOG.md'), 'utf8');
  tally.add({
    name: 'the changelog tells of the second release',
    ok: changelog.includes(`## ${second}`) && changelog.includes('The second release'),
  });
}

/** Changes a package on a branch: refused without a changeset, taken with one, tried as a snapshot. */
export async function tryBranch(clone: Clone): Promise<void> {
  const { folder: cwd, tally, registry } = clone;
  const options = { cwd, env: environment(clone) };
  const commit = async (file: string, text: string): Promise<void> => {
    await appendFile(join(cwd, file), text);
    await must('git', ['add', '--', file], options);
    await must('git', ['commit', '--quiet', '-m', `Change ${file}`], options);
  };
  const gate = async (): Promise<number> => {
    const [command, ...before] = pnpm;
    const args = [...before, 'changeset', 'status', '--since', 'before'];
    return (await execute(command, args, options)).exitCode;
  };
  await must('git', ['branch', 'before'], options);
  await commit('packages/errors/src/index.ts', '// A change.\n');
  tally.add({ name: 'a change without a changeset is refused', ok: (await gate()) !== 0 });
  await commit('.changeset/third.md', '---\n"@map/errors": patch\n---\n\nA change.\n');
  tally.add({ name: 'a change with a changeset is taken', ok: (await gate()) === 0 });
  await tally.step('a snapshot of the branch is published under its own tag', async () => {
    await runPnpm(['release:snapshot', 'try-out'], options);
    for (const { manifest } of publicPackages(cwd)) {
      const response = await fetch(registry.url + manifest.name);
      const { 'dist-tags': tags } = (await response.json()) as {
        'dist-tags': Record<string, string>;
      };
      if (tags['try-out'] !== manifest.version || tags['latest'] === manifest.version) {
        throw new Error(`${manifest.name}: ${JSON.stringify(tags)}, not ${manifest.version}`);
      }
    }
  });
}
