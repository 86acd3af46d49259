import { isBuiltin } from 'node:module';
import { init, parse } from 'es-module-lexer';

/**
 * Lists what a compiled module imports, statically or later.
 *
 * @param code - JavaScript
 * @returns the specifiers that are written out
 */
export async function importsOfScript(code: string): Promise<string[]> {
  await init;
  const [imports] = parse(code);
  return imports.flatMap(({ n }) => (n === undefined ? [] : [n]));
}

/**
 * Lists what a declaration file imports.
 *
 * @param code - text of a `.d.ts`
 * @returns the specifiers
 */
export function importsOfDeclaration(code: string): string[] {
  const bare = code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/(?!\/).*$/gm, '');
  const pattern =
    /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|<reference\s+types=)(['"])(?<name>[^'"]+)\1/g;
  return [...bare.matchAll(pattern)].flatMap(({ groups }) => groups?.['name'] ?? []);
}

/**
 * Names the package a specifier belongs to.
 *
 * @param specifier - as written
 * @returns `got` of `got/dist/x.js`; nothing for files, own imports and what comes with Node
 */
export function packageOf(specifier: string): string | undefined {
  if (/^[./#]|^\w+:/.test(specifier) || isBuiltin(specifier)) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
