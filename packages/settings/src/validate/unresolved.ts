/** The remedy for quotes that are part of a value: only `.env` files and shells remove them. */
export const QUOTES_REMEDY =
  'remove the quotes around it: `docker run --env-file` and Kubernetes keep them';

/** Whether a value stands in quotes that nothing has removed. */
export function isQuoted(value: unknown): boolean {
  return typeof value === 'string' && /^\s*(["'])[^"']*\1\s*$/.test(value);
}

const REFERENCES: readonly (readonly [form: RegExp, remedy: string])[] = [
  [/^op:\/\/[^/]+\/./, 'a reference of 1Password: start the program with `op run`'],
  [/^\$\([A-Za-z_]\w*\)$/, 'a reference of Kubernetes to a variable that is not set before it'],
  [/^\{\{.*\}\}$/s, 'a template that nothing has filled'],
  [/^ENC\[AES256_GCM,/, 'encrypted by SOPS: start the program with `sops exec-env`'],
  [/^encrypted:[\w+/=]{40}/, 'encrypted by dotenvx: start the program with `dotenvx run`'],
  [/^ref\+[a-z]\w*:\/\//, 'a reference of vals: start the program with `vals exec`'],
  [/^<[^<>]+>$/, 'a placeholder'],
];

/** What a value stands for, if nothing has put the true one in its place. */
export function unresolvedAs(value: string): string | undefined {
  const text = value.slice(0, 2000).trim();
  return REFERENCES.find(([form]) => form.test(text))?.[1];
}
