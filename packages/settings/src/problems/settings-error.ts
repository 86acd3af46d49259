import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { type Problem, placeName, problemLine } from './problem.ts';
import { shorten, shownFile } from './source.ts';

const MAX_LINES = 50;

/** Combines all problems of a load in one error. */
export function settingsError(problems: readonly Problem[]): ConfigurationError {
  const allMissing = problems.every(({ reason }) => reason === 'missing');
  const count = problems.length === 1 ? '1 setting is' : `${problems.length} settings are`;
  const lines = problems.slice(0, MAX_LINES).map((problem) => `- ${problemLine(problem)}`);
  if (problems.length > MAX_LINES) lines.push(`- and ${problems.length - MAX_LINES} more`);
  return new ConfigurationError({
    code: allMissing ? ErrorCode.CONFIG_MISSING : ErrorCode.CONFIG_INVALID,
    message: `${count} ${allMissing ? 'missing' : 'wrong'}:\n${lines.join('\n')}`,
    details: { problems: problems.slice(0, MAX_LINES).map(problemDetails) },
  });
}

/** A problem as data, for logs and tools. */
function problemDetails(problem: Problem): Record<string, unknown> {
  const { variable, path = [], message, source, hint, allowed, suggestion } = problem;
  return {
    variable: shorten(variable),
    ...(path.length === 0 ? {} : { path: path.map(placeName).join('.') }),
    message,
    source: source.kind,
    ...('file' in source ? { file: shownFile(source.file) } : {}),
    ...('line' in source ? { line: source.line } : {}),
    ...(allowed === undefined ? {} : { allowed }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(hint === undefined ? {} : { hint }),
  };
}
