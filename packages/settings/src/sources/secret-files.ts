import type { Problem } from '../problems/problem.ts';
import type { Candidate } from '../problems/source.ts';
import { fileSystem, inFolder } from './built-ins.ts';
import { readTextFile } from './text-file.ts';

/** The value that a file holds; one trailing newline is the editor's, not the secret's. */
export function readSecretFile(name: string, file: string): Candidate {
  const source = { kind: 'secret-file', name, file } as const;
  if (file === '') return { raw: undefined, source, fault: `${name} names no file` };
  const found = readTextFile(file);
  if (found.status === 'text') return { raw: found.text.replace(/\r?\n$/, ''), source };
  const reason = found.status === 'missing' ? 'there is no such file' : found.reason;
  return { raw: undefined, source, fault: `${file} cannot be used: ${reason}` };
}

/** The names of a secrets folder's files; a missing folder has none. */
export function listSecrets(directory: string, problems: Problem[]): ReadonlySet<string> {
  try {
    const names = fileSystem().readdirSync(directory);
    // Kubernetes keeps its bookkeeping in names with a leading dot.
    return new Set(names.filter((name) => !name.startsWith('.')));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== 'ENOENT') {
      const message = `the secrets folder cannot be read (${String(code)})`;
      problems.push({ variable: directory, message, source: { kind: 'none' } });
    }
    return new Set();
  }
}

/** The file of a folder that holds a variable: its name, or that in lower case. */
export function secretInFolder(
  directory: string,
  files: ReadonlySet<string>,
  name: string,
): Candidate | undefined {
  const found = [name, name.toLowerCase()].find((file) => files.has(file));
  return found === undefined ? undefined : readSecretFile(name, inFolder(directory, found));
}
