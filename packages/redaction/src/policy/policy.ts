import type { SecretLike } from '../secret/secret-like.ts';
import { optionNames, unknownOption } from '../words/unknown-option.ts';
import { pathTree } from './paths.ts';

/** Personal data that is recognised on request. */
export type PersonalData = 'email' | 'card' | 'nationalId';

/** Values to redact in addition to registered secrets. Every part is optional; they add up. */
export interface RedactionPolicy {
  /** Further secret field names, at any depth. Case, `-`, `_`, `.` and spaces make no difference. */
  readonly keys?: readonly string[] | undefined;
  /** Paths to mask, from the root of a log line's fields: `user.card`, `items[*].pin`, `headers.*`. */
  readonly paths?: readonly string[] | undefined;
  /** Secrets to register as long as the policy is in force; see `registerSecrets()`. */
  readonly values?: readonly SecretLike[] | undefined;
  /**
   * Own patterns: every match in a string is masked. They run on each string, so write them without
   * nested quantifiers.
   */
  readonly patterns?: readonly RegExp[] | undefined;
  /** Personal data to mask as well. Default: none. */
  readonly personal?: readonly PersonalData[] | undefined;
  /** `false` switches the built-in key names (`password`, `token`, `api_key`, …) off. */
  readonly defaultKeys?: boolean | undefined;
  /** `false` switches the built-in patterns (provider keys, JWTs, `Bearer …`, …) off. */
  readonly defaultPatterns?: boolean | undefined;
}

const PERSONAL: readonly PersonalData[] = ['email', 'card', 'nationalId'];

/** The names of the parts of a policy. */
export const POLICY_OPTIONS: ReadonlySet<string> = optionNames<RedactionPolicy>({
  keys: true,
  paths: true,
  values: true,
  patterns: true,
  personal: true,
  defaultKeys: true,
  defaultPatterns: true,
});

/**
 * Checks a policy that may come from untyped code.
 *
 * @throws {TypeError} If an option has a wrong type. The message never contains a value.
 */
export function checkPolicy(policy: RedactionPolicy): void {
  check(isPlain(policy), 'policy', 'an object');
  const unknown = unknownOption('a redaction policy', policy, POLICY_OPTIONS);
  if (unknown !== undefined) throw new TypeError(unknown.message);
  listOf(policy.keys, 'keys', 'strings', isString);
  listOf(policy.paths, 'paths', 'strings', isString);
  listOf(policy.values, 'values', 'strings or objects with reveal()', isSecretLike);
  listOf(policy.patterns, 'patterns', 'regular expressions', (item) => item instanceof RegExp);
  listOf(policy.personal, 'personal', PERSONAL.join(', '), (item) =>
    (PERSONAL as readonly unknown[]).includes(item),
  );
  for (const name of ['defaultKeys', 'defaultPatterns'] as const) {
    check(policy[name] === undefined || typeof policy[name] === 'boolean', name, 'true or false');
  }
  pathTree(policy.paths ?? []);
}

function listOf(
  list: readonly unknown[] | undefined,
  name: string,
  items: string,
  is: (item: unknown) => boolean,
): void {
  check(
    list === undefined || (Array.isArray(list) && list.every(is)),
    name,
    `an array of ${items}`,
  );
}

function check(condition: boolean, name: string, expected: string): void {
  if (!condition) throw new TypeError(`\`${name}\` must be ${expected}.`);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/** Returns whether a value is a string or has `reveal()`. */
export function isSecretLike(value: unknown): value is SecretLike {
  if (typeof value === 'string') return true;
  return isPlain(value) && typeof (value as { reveal?: unknown }).reveal === 'function';
}
