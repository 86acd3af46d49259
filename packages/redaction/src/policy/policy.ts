import { isArray, read } from '../safe/read.ts';
import type { SecretLike } from '../secret/secret-like.ts';
import { describeValue } from '../words/describe-value.ts';
import { invalidOption, mustBe, RedactionOptionError } from '../words/option-error.ts';
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
 * @throws {RedactionOptionError} If an option has a wrong type. The message never contains a value.
 */
export function checkPolicy(policy: RedactionPolicy): void {
  check(isPlain(policy), 'policy', 'an object', policy);
  const unknown = unknownOption('a redaction policy', policy, POLICY_OPTIONS);
  if (unknown !== undefined) throw new RedactionOptionError(unknown.option, unknown.message);
  listOf(policy.keys, 'keys', 'strings', isString);
  listOf(policy.paths, 'paths', 'strings', isString);
  listOf(policy.values, 'values', 'strings or objects with reveal()', isSecretLike);
  listOf(policy.patterns, 'patterns', 'regular expressions', (item) => item instanceof RegExp);
  listOf(policy.personal, 'personal', PERSONAL.join(', '), (item) =>
    (PERSONAL as readonly unknown[]).includes(item),
  );
  for (const name of ['defaultKeys', 'defaultPatterns'] as const) {
    const value = policy[name];
    check(value === undefined || typeof value === 'boolean', name, 'true or false', value);
  }
  pathTree(policy.paths ?? []);
}

function listOf(
  list: readonly unknown[] | undefined,
  name: string,
  items: string,
  is: (item: unknown) => boolean,
): void {
  const isList = isArray(list);
  const wrong = isList ? list.find((item) => !is(item)) : undefined;
  if (list === undefined || (isList && wrong === undefined && list.every(is))) return;
  // A number among the values may be a secret, so of items only the type is shown.
  const got = isList ? `an array with a value of type ${typeof wrong}` : describeValue(list);
  throw mustBe(name, `an array of ${items}`, got);
}

function check(condition: boolean, name: string, expected: string, got: unknown): void {
  if (!condition) throw invalidOption(name, expected, got);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/** Returns whether a value is a string or has `reveal()`. */
function isSecretLike(value: unknown): value is SecretLike {
  if (typeof value === 'string') return true;
  return isPlain(value) && typeof read(value, 'reveal') === 'function';
}
