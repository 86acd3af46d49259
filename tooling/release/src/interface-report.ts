import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { importsOfDeclaration } from './imports.ts';
import { type Manifest, targetsOf } from './packages.ts';

/**
 * Writes down what a package offers to the compiler: the declarations that can be reached from its
 * entries, without comments, file by file.
 *
 * @param folder - of the package, built
 * @param manifest - of the package
 * @returns the report's text
 */
export function interfaceReport(folder: string, manifest: Manifest): string {
  const entries = Object.entries(manifest.exports ?? {}).flatMap(([key, targets]) => {
    const declarations = targetsOf(targets).filter((target) => target.endsWith('.d.ts'));
    return declarations.map((target): [string, string] => [
      manifest.name + key.slice(1),
      posix.normalize(target),
    ]);
  });
  const contents = new Map<string, string>();
  const visit = (file: string): void => {
    if (contents.has(file)) return;
    const code = readFileSync(join(folder, file), 'utf8');
    contents.set(file, withoutComments(code));
    for (const specifier of importsOfDeclaration(code)) {
      if (!/^\.\.?\//.test(specifier)) continue;
      visit(posix.join(posix.dirname(file), specifier).replace(/\.[jt]s$/, '.d.ts'));
    }
  };
  for (const [, file] of entries) visit(file);
  const heading = entries.map(([entry, file]) => `// ${entry} is ${file}`).join('\n');
  const body = [...contents]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([file, text]) => `// ${file}\n${text}`)
    .join('\n');
  return `${heading}\n\n${body}`;
}

function withoutComments(code: string): string {
  return code
    .replaceAll(/^\s*\/\*\*?[\s\S]*?\*\/\s*\n/gm, '')
    .replaceAll(/\/\*\*[\s\S]*?\*\/ ?/g, '')
    .replaceAll(/^\/\/# sourceMappingURL.*\n?/gm, '');
}
