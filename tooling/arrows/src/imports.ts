import { posix } from 'node:path';
import { lineOf, type Source, walk } from './source.ts';

/** One file that uses another of the same package. */
export interface Import {
  from: string;
  to: string;
  line: number;
}

/**
 * Lists the imports between the files of one package: static and dynamic ones, re-exports, and those
 * that only name a type.
 *
 * @param sources - the package's files
 * @returns one entry for each import of a file in the list
 */
export function importsWithin(sources: readonly Source[]): Import[] {
  const files = new Set(sources.map(({ file }) => file));
  return sources.flatMap((source) => {
    const found: Import[] = [];
    walk(source.program, (node) => {
      if (!('source' in node) || node.source?.type !== 'Literal') return;
      const to = posix.join(posix.dirname(source.file), String(node.source.value));
      if (files.has(to)) found.push({ from: source.file, to, line: lineOf(source, node) });
    });
    return found;
  });
}
