import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './execute.ts';
import { readManifest, repository } from './packages.ts';

/** Top-level domains and domains that are reserved (RFC 2606 and 6761). */
const reserved = /(^|\.)(example(\.(com|net|org))?|invalid|test|localhost)$/;

/** Whether an address is missing, malformed, or a placeholder under a reserved domain. */
export function isPlaceholder(address: unknown): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return true;
  return reserved.test(new URL(address).hostname);
}

/**
 * Reads the address of the repository from the one place where it is set, the root's package.json.
 *
 * @param root - the repository's root
 * @returns the address as a browser takes it, without `.git`
 */
export function addressOf(root: string = repository): string {
  const { repository: address } = readManifest(root);
  return typeof address === 'string' ? address : '';
}

/**
 * Sets the address of the repository in the root's package.json, and in what repeats it: the
 * manifests, the links of READMEs, the links in sources.
 *
 * @param next - `https://github.com/<owner>/<name>`
 * @param root - the repository's root
 * @returns the files that changed
 * @throws Error where the address is not an `https` address of a repository
 */
export async function setAddress(next: string, root: string = repository): Promise<string[]> {
  if (!/^https:\/\/[\w.-]+(:\d+)?(\/[\w.-]+)+$/.test(next) || next.endsWith('.git')) {
    throw new Error(
      `The address must be like https://github.com/<owner>/<name>, got ${JSON.stringify(next)}.`,
    );
  }
  const previous = addressOf(root);
  const listed = await must('git', ['grep', '-lI', '--fixed-strings', previous], { cwd: root });
  const files = listed.split('\n').filter((file) => file !== '');
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(join(root, file), text.replaceAll(previous, next));
  }
  return files;
}
