import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/**
 * Sources of which the shared modules consist at least, in bytes; smaller ones are merged. The codes and
 * classes of errors, which connections load without what recognises errors, have about 58,000.
 */
const LEAST_SHARED = 45_000;

/**
 * Bundles entries into `dist`: each is one module, and what they share is in few others.
 *
 * Each module that a start-up loads costs it about a millisecond. So what the main entry, and those that
 * the other packages load beside it, share with others is split only into large parts. What these do not
 * need stays out of them.
 *
 * @param entries - Paths such as `./src/index.ts`.
 */
export async function bundle(entries: readonly string[]): Promise<void> {
  const needed = new Set<string>();
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [nameOf(entry), entry])),
    // Packages, and files that must stay as they are, which `imports` of package.json names.
    external: /^[^./]/,
    platform: 'node',
    transform: { target: 'node22.19' },
    experimental: { attachDebugInfo: 'none' },
    plugins: [
      collect(
        entries.filter(isLoadedByAll).map((entry) => resolve(entry)),
        needed,
      ),
    ],
  });
  const { output } = await build.write({
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    // Names without a hash: the size of a tarball depends on the order of its files.
    chunkFileNames: ({ name }) => `${name.split('~', 1)[0]}.js`,
    // Smaller by a fiftieth, and still readable: names and lines stay.
    minify: {
      compress: { target: 'es2023', keepNames: { function: true, class: true } },
      mangle: false,
      codegen: false,
    },
    comments: { annotation: true, jsdoc: false, legal: true },
    codeSplitting: {
      groups: [
        {
          name: 'shared',
          minShareCount: 2,
          entriesAware: true,
          entriesAwareMergeThreshold: LEAST_SHARED,
          test: (id) => needed.has(id),
        },
      ],
    },
  });
  await build.close();
  // Indentation is a fiftieth of a tarball. Sources have no tabs, so no string loses one.
  for (const { fileName, ...file } of output) {
    if (file.type !== 'chunk') continue;
    writeFileSync(join('dist', fileName), file.code.replaceAll(/^\t+/gm, ''));
  }
}

/** `./src/http/http.ts` becomes `http/http`. */
function nameOf(entry: string): string {
  return entry.replace(/^\.\/src\//, '').replace(/\.ts$/, '');
}

/** Whether an entry is the main one, or one of those that the other packages load beside it. */
function isLoadedByAll(entry: string): boolean {
  return /^\.\/src\/(?:index|core|kernel)\.ts$/.test(entry);
}

/** Collects the modules that entries import, at once and not by `import()`. */
function collect(entries: readonly string[], into: Set<string>): Plugin {
  return {
    name: 'collect',
    buildEnd() {
      const queue = [...entries];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (into.has(id)) continue;
        into.add(id);
        queue.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
  };
}
