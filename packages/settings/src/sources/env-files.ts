import type { Problem } from '../problems/problem.ts';
import type { SettingSource } from '../problems/source.ts';
import { inFolder } from './built-ins.ts';
import { type DotenvEntry, parseDotenv } from './dotenv.ts';
import { readTextFile } from './text-file.ts';

/** A `.env` file that was read. */
export interface EnvFile {
  readonly file: string;
  readonly entries: ReadonlyMap<string, DotenvEntry>;
}

/** Reads one `.env` file; a missing one has no entries, an unusable one is a problem. */
export function readEnvFile(file: string, problems: Problem[]): EnvFile {
  const found = readTextFile(file);
  if (found.status === 'missing') return { file, entries: new Map() };
  if (found.status === 'unusable') {
    problems.push(fileProblem(file, found.reason, found.line));
    return { file, entries: new Map() };
  }
  const { entries, faults } = parseDotenv(found.text);
  for (const { line, reason } of faults) problems.push(fileProblem(file, reason, line));
  return { file, entries };
}

function fileProblem(file: string, reason: string, line?: number): Problem {
  if (line === undefined) return { variable: file, message: reason, source: { kind: 'none' } };
  return { variable: file, message: reason, source: { kind: 'env-file', name: file, file, line } };
}

/** The environment that some files lead to, and what named it. */
export interface NamedEnvironment {
  readonly name: string;
  readonly source: SettingSource;
}

/** Reads the cascade of a folder, the strongest file first; an empty folder is the working directory. */
export function readCascade(
  directory: string,
  environmentIn: (files: readonly EnvFile[]) => NamedEnvironment,
  problems: Problem[],
): readonly EnvFile[] {
  const read = (name: string): EnvFile => readEnvFile(inFolder(directory, name), problems);
  const base = read('.env');
  const local = read('.env.local');
  const { name, source } = environmentIn([local, base]);
  // Tests must not depend on one machine's own file, unless that file is what asks for them.
  const asks = source.kind === 'env-file' && source.file === local.file;
  const files = name === 'test' && !asks ? [base] : [local, base];
  // Any other text could name a file outside the folder, or the two files above.
  if (!/^[A-Za-z][\w-]*$/.test(name) || name === 'local') return files;
  for (const file of [`.env.${name}`, `.env.${name}.local`]) files.unshift(read(file));
  const then = environmentIn(files);
  if (then.name !== name) {
    const message = `cannot change here: ${name} has chosen the .env files`;
    problems.push({ variable: 'ENVIRONMENT', message, source: then.source });
  }
  return files;
}
