import type { Problem } from '../problems/problem.ts';
import { type Candidate, shownFile } from '../problems/source.ts';
import { fileSystem, inFolder } from './built-ins.ts';
import { readTextFile } from './text-file.ts';

const NOT_EXPANDED = ', because only a shell replaces ~ and $NAME';

/** Reads the value that a file contains, without one trailing line break, which editors add. */
export function readSecretFile(name: string, file: string): Candidate {
  const source = { kind: 'secret-file', name, file } as const;
  const found = readTextFile(file);
  if (found.status === 'text') return { raw: found.text.replace(/\r?\n$/, ''), source };
  const missing = /^~|\$/.test(file) ? `it does not exist${NOT_EXPANDED}` : 'it does not exist';
  const reason = found.status === 'missing' ? missing : found.reason;
  return { raw: undefined, source, fault: `${shownFile(file)} cannot be used: ${reason}` };
}

/** The names of the files in a secrets folder; a missing folder has none. */
export function listSecrets(directory: string, problems: Problem[]): ReadonlySet<string> {
  try {
    const names = fileSystem().readdirSync(directory);
    // Kubernetes keeps its bookkeeping in names with a leading dot.
    return new Set(names.filter((name) => !name.startsWith('.')));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== 'ENOENT') {
      const message = `the secrets directory cannot be read (${String(code)})`;
      problems.push({ variable: directory, message, source: { kind: 'none' } });
    }
    return new Set();
  }
}

/** Reads a variable from the file of a secrets folder with its name, or with that in lower case. */
export function secretInFolder(
  directory: string,
  files: ReadonlySet<string>,
  name: string,
): Candidate | undefined {
  const found = [name, name.toLowerCase()].find((file) => files.has(file));
  return found === undefined ? undefined : readSecretFile(name, inFolder(directory, found));
}
