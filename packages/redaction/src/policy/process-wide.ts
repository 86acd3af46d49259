import { processState } from '../process/state.ts';
import { revealed, type SecretLike } from '../secret/secret-like.ts';
import { invalidOption, mustBe } from '../words/option-error.ts';
import { checkPolicy, type RedactionPolicy } from './policy.ts';

interface State {
  /** Changes with every secret and policy; caches compare it. */
  version: number;
  /** Every registered secret with the number of its registrations. */
  readonly secrets: Map<string, number>;
  /** The policies in force, oldest first. */
  readonly policies: Set<{ readonly policy: RedactionPolicy }>;
}

const state: State = processState('@map/redaction/state@1', () => ({
  version: 0,
  secrets: new Map(),
  policies: new Set(),
}));

/**
 * Returns a number that changes whenever the process's secrets or policies change, so that a cache
 * of redacted text can tell that it is out of date.
 */
export function redactionVersion(): number {
  return state.version;
}

/** Returns the secrets that are registered now. */
export function registeredSecrets(): IterableIterator<string> {
  return state.secrets.keys();
}

/** Returns the policies that are in force now, oldest first. */
export function activePolicies(): RedactionPolicy[] {
  return Array.from(state.policies, ({ policy }) => policy);
}

/**
 * Registers secrets for the whole process. From then on every package of MAP masks them in any
 * string: as they are, URL-encoded (also partly, in lower case or twice), escaped as in JSON, in
 * hexadecimal and in Base64, such as in a `Basic` header.
 *
 * A secret of fewer than four characters is masked only where it is the whole string.
 *
 * @param values The secrets; empty ones are ignored.
 * @returns A function that takes the registration back. Calling it again has no effect.
 * @throws {RedactionOptionError} If a value is neither a string nor an object with `reveal()`.
 * @example
 * ```ts
 * import { redactText, registerSecrets } from '@map/redaction';
 *
 * const forget = registerSecrets(['kT/9=x1']);
 * console.log(redactText('GET /?q=kT%2F9%3Dx1')); // GET /?q=**********
 * forget();
 * ```
 */
export function registerSecrets(values: Iterable<SecretLike>): () => void {
  const iterator: unknown = (values as Iterable<SecretLike> | null | undefined)?.[Symbol.iterator];
  if (typeof iterator !== 'function') {
    throw invalidOption('values', 'an array of strings or secrets', values);
  }
  const texts = Array.from(typeof values === 'string' ? [values as string] : values, textOf);
  const added = texts.filter((text) => text !== '');
  for (const text of added) state.secrets.set(text, (state.secrets.get(text) ?? 0) + 1);
  if (added.length > 0) state.version += 1;
  return once(() => {
    for (const text of added) {
      const left = (state.secrets.get(text) ?? 0) - 1;
      if (left > 0) state.secrets.set(text, left);
      else state.secrets.delete(text);
    }
    state.version += 1;
  });
}

function textOf(value: SecretLike): string {
  const text = revealed(value);
  if (typeof text === 'string') return text;
  const expected = 'an array of strings or objects with reveal() that returns one';
  throw mustBe('values', expected, `an array with a value of type ${typeof value}`);
}

/**
 * Puts a policy in force for the whole process, beside those that already are. Keys, paths, patterns
 * and values add up; of `defaultKeys` and `defaultPatterns` the newest policy that gives one counts.
 *
 * @param policy What to redact beyond registered secrets.
 * @returns A function that takes the policy back. Calling it again has no effect.
 * @throws {RedactionOptionError} If an option has a wrong type.
 * @example
 * ```ts
 * import { redactText, setRedaction } from '@map/redaction';
 *
 * const undo = setRedaction({ patterns: [/\bCUST-\d+/g], personal: ['email'] });
 * console.log(redactText('CUST-4711 wrote to ann@example.com')); // ********** wrote to **********
 * undo();
 * ```
 */
export function setRedaction(policy: RedactionPolicy): () => void {
  checkPolicy(policy);
  const { values, ...rest } = policy;
  const forget = registerSecrets(values ?? []);
  const entry = { policy: rest };
  state.policies.add(entry);
  state.version += 1;
  return once(() => {
    forget();
    state.policies.delete(entry);
    state.version += 1;
  });
}

function once(undo: () => void): () => void {
  let done = false;
  return () => {
    if (!done) undo();
    done = true;
  };
}
