import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { isPlaceholder } from './address.ts';
import { execute } from './execute.ts';
import { importsOfDeclaration, importsOfScript, packageOf } from './imports.ts';
import { type Manifest, targetsOf } from './packages.ts';
import type { Check } from './tally.ts';
import type { Tarball } from './tarball.ts';

/** The files that users need, and no others. */
const allowed = [
  /^package\.json$/,
  // The changelog grows with each release, and is read in the repository.
  /^README\.md$/,
  /^LICENSE$/,
  // The output is not minified, so a stack trace reads well without source maps and sources.
  /^dist\/.+\.(js|d\.ts)$/,
  /^src\/.+\.(cjs|d\.cts)$/,
  /^(dashboards|alerts|rules)\/.+\.(json|ya?ml)$/,
];
const needed = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];

/**
 * Looks at one tarball from every side.
 *
 * @param tarball - opened
 * @returns one check for each side
 */
export async function checkTarball(tarball: Tarball): Promise<Check[]> {
  const { manifest } = tarball;
  const sides: [string, (tarball: Tarball) => string[] | Promise<string[]>][] = [
    ['content', contentProblems],
    ['manifest', ({ manifest }) => manifestProblems(manifest)],
    ['declared imports', importProblems],
    ['publint', publintProblems],
    ['types (attw)', attwProblems],
  ];
  const checks: Check[] = [];
  for (const [side, problemsOf] of sides) {
    const problems = await problemsOf(tarball);
    checks.push({
      name: `${manifest.name}@${manifest.version} ${side}`,
      ok: problems.length === 0,
      detail: problems.join('\n'),
    });
  }
  return checks;
}

function contentProblems({ files, manifest }: Tarball): string[] {
  const targets = targetsOf(manifest.exports ?? {}).concat(Object.values(manifest.bin ?? {}));
  const wanted = new Set([...needed, ...targets.map((target) => posix.normalize(target))]);
  return [
    ...files
      .filter((file) => !allowed.some((pattern) => pattern.test(file)))
      .map((file) => `${file} is of no use to users`),
    ...[...wanted].filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
  ];
}

function manifestProblems(manifest: Manifest): string[] {
  const problems: string[] = [];
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  const ranges = {
    ...devDependencies,
    ...optionalDependencies,
    ...peerDependencies,
    ...dependencies,
  };
  for (const [name, range] of Object.entries(ranges)) {
    if (/^(workspace|catalog|link|file):/.test(range)) problems.push(`${name} is still ${range}`);
  }
  for (const [name, range] of Object.entries(dependencies ?? {})) {
    if (!range.startsWith('^'))
      problems.push(`${name} is pinned to ${range}; users cannot share it`);
    if (name.startsWith('@map/') && range !== `^${manifest.version}`) {
      problems.push(`${name} is ${range}, not ^${manifest.version}`);
    }
  }
  if (JSON.stringify(manifest.exports ?? {}).includes('@map/source')) {
    problems.push('exports still offer the condition @map/source');
  }
  if (manifest.type !== 'module') problems.push('type is not module');
  if (manifest.license !== 'MIT') problems.push('license is not MIT');
  if (manifest.engines?.['node'] !== '>=22.19.0') problems.push('engines.node is not >=22.19.0');
  for (const field of ['description', 'repository', 'exports'] as const) {
    if (!manifest[field]) problems.push(`${field} is missing`);
  }
  const { url } = (manifest.repository ?? {}) as { url?: string };
  if (isPlaceholder(url)) {
    problems.push(`repository.url is a placeholder: ${url}; set it with release:address <url>`);
  }
  return problems;
}

async function importProblems({ files, folder, manifest }: Tarball): Promise<string[]> {
  const declared = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ]);
  const problems: string[] = [];
  for (const file of files.filter((name) => /^dist\/.*\.(js|d\.ts)$/.test(name))) {
    const code = await readFile(join(folder, file), 'utf8');
    const specifiers = file.endsWith('.js')
      ? await importsOfScript(code)
      : importsOfDeclaration(code);
    for (const specifier of new Set(specifiers)) {
      const owner = packageOf(specifier);
      if (owner && !declared.has(owner))
        problems.push(`${file} imports ${specifier}, not declared`);
      if (!/^\.\.?\//.test(specifier)) continue;
      const target = posix.join(posix.dirname(file), specifier);
      // A declaration's import of `./x.ts` or `./x.js` means the declaration beside it.
      const wanted = file.endsWith('.js') ? target : target.replace(/\.[jt]s$/, '.d.ts');
      if (!files.includes(wanted))
        problems.push(`${file} imports ${specifier}, not in the package`);
    }
  }
  return problems;
}

async function publintProblems({ path, manifest }: Tarball): Promise<string[]> {
  const { readFile: read } = await import('node:fs/promises');
  const file = await read(path);
  const tarball = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const { messages } = await publint({ pack: { tarball }, strict: true });
  return messages.flatMap((message) => formatMessage(message, { ...manifest }) ?? message.code);
}

async function attwProblems({ path, folder }: Tarball): Promise<string[]> {
  const manifest = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
  const { exitCode, output } = await execute(
    process.execPath,
    [
      join(dirname(manifest), 'dist/index.js'),
      ...[path, '--profile', 'esm-only', '--no-definitely-typed'],
      ...['--format', 'ascii', '--no-color', '--no-emoji'],
    ],
    { cwd: folder },
  );
  return exitCode === 0 ? [] : [output.trim()];
}
