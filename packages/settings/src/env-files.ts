import { inFolder } from './builtin.ts';
import { type DotenvEntry, parseDotenv } from './dotenv.ts';
import type { Problem } from './problem.ts';
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

/** What decides which files of a cascade are read. */
export interface CascadeChoice {
  /** The folder of the files; empty for the working directory. */
  readonly directory: string;
  /** The environment that an override or the process environment names. */
  readonly named: string | undefined;
  /** The environment when nothing names one. */
  readonly fallback: string;
  /** Brings an environment's spelling to the one the schema has. */
  readonly normalize: (environment: string) => string;
}

/** Reads the cascade of a folder: the files, strongest first, and the environment that chose them. */
export function readCascade(
  choice: CascadeChoice,
  problems: Problem[],
): { files: readonly EnvFile[]; environment: string } {
  const { directory, named, fallback, normalize } = choice;
  const read = (name: string): EnvFile => readEnvFile(inFolder(directory, name), problems);
  const base = read('.env');
  const local = read('.env.local');
  const here = named === undefined ? local.entries.get('ENVIRONMENT')?.value : undefined;
  const written = named ?? here ?? base.entries.get('ENVIRONMENT')?.value;
  const environment = normalize(written ?? fallback);
  // Tests must not depend on one machine's own file, unless that file is what asks for them.
  const files = environment === 'test' && here === undefined ? [base] : [base, local];
  // Any other text could name a file outside the folder, or the two files above.
  if (!/^[A-Za-z][\w-]*$/.test(environment) || environment === 'local') {
    return { files: files.reverse(), environment };
  }
  for (const name of [`.env.${environment}`, `.env.${environment}.local`]) {
    const specific = read(name);
    const entry = specific.entries.get('ENVIRONMENT');
    if (entry !== undefined && normalize(entry.value) !== environment) {
      const reason = `ENVIRONMENT cannot change here: ${environment} chose this file`;
      problems.push(fileProblem(specific.file, reason, entry.line));
    }
    files.push(specific);
  }
  return { files: files.reverse(), environment };
}
