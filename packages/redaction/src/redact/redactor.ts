import { withoutColors } from '../characters/characters.ts';
import { isDoubtfulKey, isSecretBehind } from '../key/doubtful-key.ts';
import { isUsualSecretKey, plainKey } from '../key/secret-key.ts';
import { type PathNode, pathTree } from '../policy/paths.ts';
import { checkPolicy, type PersonalData, type RedactionPolicy } from '../policy/policy.ts';
import { activePolicies, redactionVersion, registeredSecrets } from '../policy/process-wide.ts';
import { SecretMatcher } from '../secret/matcher.ts';
import { reveal, type SecretLike } from '../secret/secret-like.ts';
import { maskAssignments } from '../text/assignments.ts';
import { maskCommands } from '../text/commands.ts';
import { maskServerEchoes } from '../text/echoes.ts';
import { maskElements, maskEntries, maskPairs } from '../text/elements.ts';
import { maskEncoded } from '../text/encoded.ts';
import { quote } from '../text/json.ts';
import { maskPersonal } from '../text/personal.ts';
import { EVERY_SIGN, type Names, Sign, signsOf } from '../text/scan.ts';
import { maskTokens } from '../text/tokens.ts';
import { maskUrlCredentials } from '../text/urls.ts';
import { maskWebhooks } from '../text/webhooks.ts';
import { MASK } from '../words/words.ts';
import { isOpenField } from './open-field.ts';

const MAX_KEYS_KNOWN = 4096;

/** How far beyond a limit a string is looked at, so that a secret at the cut is seen whole. */
const MARGIN = 1000;

/** The rules in effect at one version. */
interface Rules extends Names {
  readonly secrets: SecretMatcher;
  readonly paths: PathNode | undefined;
  readonly patterns: readonly RegExp[];
  readonly personal: ReadonlySet<PersonalData>;
  readonly defaultKeys: boolean;
  readonly defaultPatterns: boolean;
  readonly known: Map<string, boolean>;
}

/**
 * Applies the process-wide redaction, and an additional policy, to strings and key names.
 * Built for hot paths: rules are compiled once per version, key names are remembered, and a string
 * without anything suspicious costs one test.
 */
export class Redactor {
  readonly #policy: RedactionPolicy;
  readonly #own = new Set<string>();
  readonly #isSecret = (name: string): boolean => this.isSecretKey(name);
  #ownVersion = 0;
  #seen = -1;
  #rules: Rules | undefined;

  /**
   * @param policy What to redact beyond the process-wide policy.
   * @throws {RedactionOptionError} If an option has a wrong type.
   */
  constructor(policy: RedactionPolicy = {}) {
    checkPolicy(policy);
    this.#policy = policy;
    for (const value of policy.values ?? []) this.#own.add(reveal(value));
  }

  /** Changes whenever the outcome for the same input may change; caches compare it. */
  get version(): number {
    return redactionVersion() + this.#ownVersion;
  }

  /** The root of the paths to mask, or undefined without paths. */
  get paths(): PathNode | undefined {
    return this.#current().paths;
  }

  /** Adds secrets that this redactor alone masks. */
  addSecrets(values: Iterable<SecretLike>): void {
    for (const value of values) this.#own.add(reveal(value));
    this.#ownVersion += 1;
  }

  /** Returns whether a field of this name is masked wherever it stands. */
  isSecretKey(name: string): boolean {
    const rules = this.#current();
    const known = rules.known.get(name);
    if (known !== undefined) return known;
    const plain = plainKey(name);
    const secret = rules.keys.has(plain) || (rules.defaultKeys && isUsualSecretKey(plain));
    if (rules.known.size >= MAX_KEYS_KNOWN) rules.known.clear();
    // A part of a string keeps all of it in memory: a copy does not.
    if (name.length <= 256) rules.known.set(` ${name}`.slice(1), secret);
    return secret;
  }

  /** The same, also for a name that is secret only with some values, which `isOpenField()` knows. */
  mayBeSecretKey(name: string): boolean {
    return this.isSecretKey(name) || (this.#current().defaultKeys && isDoubtfulKey(name));
  }

  /**
   * Returns whether the value of a field with a secret name may be shown; see `open-field.ts`. The
   * names of a policy hide every value.
   *
   * @param name The name of the field.
   * @param value Its value.
   * @param fields The fields beside it.
   */
  isOpenField(name: string, value: unknown, fields?: object): boolean {
    const { keys } = this.#current();
    if (keys.size > 0 && keys.has(plainKey(name))) return false;
    if (isDoubtfulKey(name)) return typeof value !== 'string' || !isSecretBehind(name, value);
    return isOpenField(name, value, fields);
  }

  /** Returns whether a number is a registered secret. */
  isSecretNumber(value: number): boolean {
    const { secrets } = this.#current();
    return secrets.numeric && secrets.mask(String(value)).includes(MASK);
  }

  /** Returns a string of any length without secrets. */
  text(text: string): string {
    const rules = this.#current();
    const result = maskGiven(text, rules);
    return rules.defaultPatterns ? this.#recognise(result, signsOf(result, rules), rules) : result;
  }

  /** Returns the same as JSON: most short strings are searched once for secrets and what JSON escapes. */
  json(text: string): string {
    const rules = this.#current();
    const result = maskGiven(text, rules);
    if (!rules.defaultPatterns) return quote(result);
    const signs = signsOf(result, rules);
    return signs === 0 ? `"${result}"` : quote(this.#recognise(result, signs, rules));
  }

  /**
   * Returns a string without secrets, cut to a limit. A secret at the cut is seen whole, so that no
   * half of it remains.
   *
   * @param text The string.
   * @param limit The largest number of characters to return.
   * @param ending What a string that was cut ends with. Default: `…`.
   */
  head(text: string, limit: number, ending = '…'): string {
    if (text.length <= limit) return cut(this.text(text), limit, ending);
    const margin = Math.max(MARGIN, this.#current().secrets.longest);
    if (text.length <= limit + margin) return cut(this.text(text), limit, ending);
    const seen = this.text(text.slice(0, limit + margin));
    // Its last part may be half a secret, and masks before it have moved that forward.
    const end = Math.min(limit - ending.length, seen.length - margin);
    return seen.slice(0, Math.max(0, end)) + ending;
  }

  #recognise(text: string, signs: number, rules: Rules): string {
    if ((signs & EVERY_SIGN) === 0) return text;
    if ((signs & Sign.color) === 0) return this.#search(text, signs);
    // As `util.inspect` prints them, colors may stand between a name and its value.
    const plain = withoutColors(text);
    const result = this.#search(plain, signsOf(plain, rules));
    return result === plain ? text : result;
  }

  #search(text: string, found: number): string {
    let signs = found;
    let result = text;
    if ((signs & Sign.url) !== 0) result = maskUrlCredentials(result);
    if ((signs & Sign.rule) !== 0) {
      result = maskEncoded(result, (json) => this.text(json) !== json);
      result = maskServerEchoes(maskCommands(maskTokens(maskWebhooks(result))));
    }
    // A mask may end a name or a list in another place.
    if (result !== text) signs = EVERY_SIGN;
    if ((signs & Sign.element) !== 0) result = maskElements(result, this.#isSecret);
    if ((signs & Sign.entry) !== 0) result = maskEntries(result, this.#isSecret);
    if ((signs & Sign.pair) !== 0) result = maskPairs(result, this.#isSecret);
    return (signs & Sign.name) === 0 ? result : maskAssignments(result, this.#isSecret);
  }

  #current(): Rules {
    const { version } = this;
    if (this.#rules !== undefined && this.#seen === version) return this.#rules;
    this.#rules = compile(
      [...activePolicies(), this.#policy],
      [...registeredSecrets(), ...this.#own],
      this.#isSecret,
    );
    this.#seen = version;
    return this.#rules;
  }
}

/** Masks what the application has named: registered secrets, its patterns, personal data. */
function maskGiven(text: string, { secrets, patterns, personal }: Rules): string {
  let result = secrets.isEmpty ? text : secrets.mask(text);
  for (const pattern of patterns) result = result.replace(pattern, MASK);
  return personal.size > 0 ? maskPersonal(result, personal) : result;
}

function cut(text: string, limit: number, ending: string): string {
  if (text.length <= limit) return text;
  return text.slice(0, Math.max(0, limit - ending.length)) + ending;
}

function compile(
  policies: readonly RedactionPolicy[],
  secrets: readonly string[],
  isSecret: (name: string) => boolean,
): Rules {
  const keys = new Set(policies.flatMap((policy) => policy.keys ?? []).map(plainKey));
  const known = new Map<string, boolean>();
  return {
    secrets: new SecretMatcher(secrets.filter((text) => text !== '')),
    keys,
    isSecret: (name) => known.get(name) ?? isSecret(name),
    paths: pathTree(policies.flatMap(({ paths }) => paths ?? [])),
    patterns: policies.flatMap(({ patterns }) => patterns ?? []).map(global),
    personal: new Set(policies.flatMap(({ personal }) => personal ?? [])),
    defaultKeys: newest(policies, 'defaultKeys'),
    defaultPatterns: newest(policies, 'defaultPatterns'),
    known,
  };
}

function newest(
  policies: readonly RedactionPolicy[],
  name: 'defaultKeys' | 'defaultPatterns',
): boolean {
  return policies.reduce((value, policy) => policy[name] ?? value, true);
}

function global(pattern: RegExp): RegExp {
  return new RegExp(
    pattern.source,
    pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`,
  );
}

/** The redactor of the process-wide policy alone. */
export const processRedactor: Redactor = new Redactor();
