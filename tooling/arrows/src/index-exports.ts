import { type Finding, lineOf, type Source } from './source.ts';

/**
 * Finds what does not belong into a package's `src/index.ts`, the list of its named exports: code of
 * its own, and `export *`.
 *
 * @param source - the file; any other file has no finding
 * @returns one finding for each statement
 */
export function indexStatements(source: Source): Finding[] {
  const { file, program } = source;
  if (!/^packages\/[^/]+\/src\/index\.ts$/.test(file) || program.type !== 'Program') return [];
  return program.body
    .filter((statement) => statement.type !== 'ExportNamedDeclaration' || !statement.source)
    .map((statement) => ({
      file,
      line: lineOf(source, statement),
      message: 'index.ts holds named re-exports only: export { name } from ...',
    }));
}
