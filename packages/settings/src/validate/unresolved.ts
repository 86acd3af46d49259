/** The remedy for quotes that are part of a value: only `.env` files and shells remove them. */
export const QUOTES_REMEDY =
  'remove the quotes around it: `docker run --env-file` and Kubernetes keep them';

export const TYPOGRAPHIC_REMEDY = 'put " around it, or nothing';

/** The remedy for a reference in a place where nothing replaces it. */
export const REFERENCE_REMEDY =
  'only .env files replace references: `docker run --env-file` and Kubernetes do not';

/** Whether a value stands in quotes that nothing has removed. */
export function isQuoted(value: unknown): boolean {
  return typeof value === 'string' && /^\s*(["'])[^"']*\1\s*$/.test(value);
}

/** Whether a value stands in the quotes that an editor or a document made of `"` and `'`. */
export function isTypographic(value: string): boolean {
  return /^\s*[“”„‘’‚«‹][^“”„‘’‚«»‹›]*[“”‘’»›]\s*$/.test(value);
}

const REFERENCES: readonly (readonly [form: RegExp, remedy: string])[] = [
  [/^op:\/\/[^/]+\/./, 'a reference of 1Password: start the program with `op run`'],
  [/^\$\([A-Za-z_]\w*\)$/, 'a reference of Kubernetes to a variable that is not set before it'],
  [/^\$\(.*\)$/s, 'a command that only a shell runs'],
  [
    /^\$(?:env:)?[A-Z_]{2}[A-Z\d_]*(?:\/.*)?$/,
    'a reference that only a shell replaces: ${NAME} works in .env files',
  ],
  [/^~\//, 'a path that only a shell expands'],
  [/^%[A-Za-z_]\w*%$/, 'a reference that only the Windows command prompt replaces'],
  [/^\$?\{\{.*\}\}$/s, 'a template that nothing has filled'],
  [/^#\{[^{}]+\}#?$/, 'a token that the deployment has not replaced'],
  [/^@Microsoft\.KeyVault\(/, 'a reference to Azure Key Vault that App Service has not resolved'],
  [/^\$ANSIBLE_VAULT;/, 'encrypted by Ansible Vault'],
  [/^vault:[^\s#]+#./, 'a reference to Vault that nothing has resolved'],
  [/^ENC\[AES256_GCM,/, 'encrypted by SOPS: start the program with `sops exec-env`'],
  [/^encrypted:[\w+/=]{40}/, 'encrypted by dotenvx: start the program with `dotenvx run`'],
  [/^ref\+[a-z]\w*:\/\//, 'a reference of vals: start the program with `vals exec`'],
  [/^<[^<>]+>$/, 'a placeholder'],
];

/** Whether a value is a reference as `.env` files have it; in single quotes they keep it. */
export function isReference(value: string): boolean {
  return /^\s*\$\{[A-Za-z_][^{}]*\}\s*$/.test(value);
}

/** The remedy for a value that cannot be used as it was written, if its form shows one. */
export function remedyFor(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (isQuoted(value)) return QUOTES_REMEDY;
  if (isTypographic(value)) return TYPOGRAPHIC_REMEDY;
  const stands = unresolvedAs(value);
  return stands === undefined ? undefined : `it is ${stands}`;
}

/** What a value stands for, if nothing has put the true one in its place. */
export function unresolvedAs(value: string): string | undefined {
  const text = value.slice(0, 2000).trim();
  return REFERENCES.find(([form]) => form.test(text))?.[1];
}
