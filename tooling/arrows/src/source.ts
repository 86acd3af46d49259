import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Node, parseSync, visitorKeys } from 'oxc-parser';

/** One parsed source file. */
export interface Source {
  /** Path from the repository's root, with slashes. */
  file: string;
  text: string;
  program: Node;
}

/** Something wrong, and where. */
export interface Finding {
  file: string;
  line: number;
  message: string;
}

/** A node, and the nodes around it from the nearest one outwards. */
export type Visit = (node: Node, parents: readonly Node[]) => void;

/**
 * Parses the source files of every package.
 *
 * @param root - the repository's folder
 * @returns the files by the name of their package's folder
 * @throws Error for a file that is not TypeScript
 */
export function packageSources(root: string): Map<string, Source[]> {
  const files = globSync('packages/*/src/**/*.{ts,cts,mts,js,cjs,mjs}', { cwd: root }).sort();
  const sources = files.map((path): Source => {
    const file = relative(root, join(root, path)).replaceAll('\\', '/');
    const text = readFileSync(join(root, path), 'utf8');
    const { program, errors } = parseSync(file, text);
    if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
    return { file, text, program };
  });
  return Map.groupBy(sources, ({ file }) => file.split('/')[1] ?? '');
}

/**
 * Visits a node and everything in it.
 *
 * @param node - the root of the walk
 * @param visit - called before a node's children
 */
export function walk(node: Node, visit: Visit, parents: readonly Node[] = []): void {
  visit(node, parents);
  const inside = [node, ...parents];
  for (const key of visitorKeys[node.type] ?? []) {
    const value = (node as unknown as Record<string, Node | (Node | null)[] | null>)[key];
    for (const child of [value].flat()) if (child) walk(child, visit, inside);
  }
}

/** The line of a node, from 1. */
export function lineOf({ text }: Source, node: Node): number {
  return text.slice(0, node.start).split('\n').length;
}
