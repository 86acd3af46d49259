import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf } from './blocks.ts';
import { type PageBlock, repository } from './pages.ts';

/**
 * Collects the examples in the docstrings of the packages.
 *
 * @param root - the repository's root
 * @returns the ```ts blocks of all docstrings, in order of files
 */
export function exampleBlocks(root: string = repository): PageBlock[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root })
    .sort()
    .flatMap((page) =>
      blocksOf(docstrings(readFileSync(join(root, page), 'utf8'))).map((block) => ({
        page,
        ...block,
      })),
    );
}

/**
 * Finds examples that no test would run: those without a fence. An example of one line in backticks is a
 * part of the sentence.
 *
 * @param root - the repository's root
 * @returns file and line of each
 */
export function unfencedExamples(root: string = repository): string[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root })
    .sort()
    .flatMap((page) => {
      const lines = docstrings(readFileSync(join(root, page), 'utf8')).split('\n');
      return lines.flatMap((line, index) => {
        const isBare = line.trim() === '@example' && !lines[index + 1]?.startsWith('```');
        return isBare ? [`${page}:${index + 1}`] : [];
      });
    });
}

/** The file's docstrings without their markers; every other line is blank, so that lines keep their numbers. */
function docstrings(code: string): string {
  let isInside = false;
  return code
    .split('\n')
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) isInside = true;
      const text = isInside ? line.replace(/^\s*(\/\*\*|\*(?!\/)) ?/, '') : '';
      if (line.includes('*/')) isInside = false;
      return text;
    })
    .join('\n');
}
