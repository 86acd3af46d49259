import type { Problem } from '../problems/problem.ts';
import type { SettingSource } from '../problems/source.ts';
import { inFolder } from './built-ins.ts';
import { type DotenvEntry, parseDotenv } from './dotenv.ts';
import { readTextFile } from './text-file.ts';

/** A `.env` file after reading. */
export interface EnvFile {
  readonly file: string;
  readonly entries: ReadonlyMap<string, DotenvEntry>;
}

/** Where `readEnvFile` reports. */
export interface EnvFileReport {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** Whether a name is one of the settings: a faulty statement about it is a problem. */
  readonly isOwn: (name: string) => boolean;
}

const MAX_WARNINGS = 10;

/**
 * Reads one `.env` file; a missing one has no entries.
 *
 * A `.env` file is often shared with other programs. A statement that cannot be used is therefore a
 * problem if it is about one of the settings, and a warning otherwise; so is one that may be meant.
 */
export function readEnvFile(file: string, { problems, warnings, isOwn }: EnvFileReport): EnvFile {
  const found = readTextFile(file);
  if (found.status === 'missing') return { file, entries: new Map() };
  if (found.status === 'unusable') {
    problems.push(fileProblem(file, found.reason, found.line));
    return { file, entries: new Map() };
  }
  const { entries, faults } = parseDotenv(found.text, isOwn);
  const foreign: Problem[] = [];
  for (const { isUsed, line, name, reason } of faults) {
    // Another name is not shown: it may be a piece of a secret.
    const isKnown = name !== undefined && isOwn(name);
    const problem = isKnown
      ? fileProblem(file, `${name} ${reason}`, line, name)
      : fileProblem(file, `this line ${reason}`, line);
    if (isKnown && !isUsed) problems.push(problem);
    else foreign.push({ ...problem, reason: 'malformed' });
  }
  warnings.push(...foreign.slice(0, MAX_WARNINGS));
  const next = foreign[MAX_WARNINGS];
  if (next !== undefined) {
    const message = `${foreign.length - MAX_WARNINGS} more lines from here on cannot be used`;
    warnings.push({ ...next, message });
  }
  return { file, entries };
}

function fileProblem(file: string, message: string, line?: number, name = file): Problem {
  if (line === undefined) return { variable: file, message, source: { kind: 'none' } };
  return { variable: file, message, source: { kind: 'env-file', name, file, line } };
}

/** The deployment environment that the sources name. */
export interface NamedEnvironment {
  readonly name: string;
  readonly source: SettingSource;
}

/** Reads the cascade of a folder, the strongest file first; an empty folder is the working directory. */
export function readCascade(
  directory: string,
  environmentIn: (files: readonly EnvFile[]) => NamedEnvironment,
  report: EnvFileReport,
): readonly EnvFile[] {
  const read = (name: string): EnvFile => readEnvFile(inFolder(directory, name), report);
  const base = read('.env');
  const local = read('.env.local');
  const { name, source } = environmentIn([local, base]);
  // Tests must not depend on the file of one machine, unless that file is what asks for them.
  const asks = source.kind === 'env-file' && source.file === local.file;
  const files = name === 'test' && !asks ? [base] : [local, base];
  // Any other name could refer to a file outside the folder, or to one of the two files above.
  if (!/^[A-Za-z][\w-]*$/.test(name) || name === 'local') return files;
  for (const file of [`.env.${name}`, `.env.${name}.local`]) files.unshift(read(file));
  const then = environmentIn(files);
  if (then.name !== name) {
    const message = `cannot change here: ${name} has already selected the .env files`;
    report.problems.push({ variable: 'ENVIRONMENT', message, source: then.source });
  }
  return files;
}
