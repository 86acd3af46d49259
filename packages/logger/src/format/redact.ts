import { LoggingOptionError } from '../level/option-error.ts';

/** What must never be readable in a log line. */
export interface RedactOptions {
  /** Field names, at any depth; case, `-` and `_` make no difference. */
  readonly keys?: readonly string[];
  /** Paths from a line's fields: `user.card.number`, `items[*].pin`, `headers.*`. */
  readonly paths?: readonly string[];
  /**
   * The secrets themselves, masked inside any string of a line; one shorter than four characters
   * only where it is the whole string.
   */
  readonly values?: readonly SecretValue[];
  /** `false` leaves out the usual keys (`password`, `token`, `api_key`, `authorization`, …). */
  readonly defaultKeys?: boolean;
}

/** A secret in the open, or an object that reveals it. */
export type SecretValue = string | { reveal(): string };

/** What stands in a secret's place. */
export const MASK = '**********';

const DEFAULT_KEYS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secret_key',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'auth_token',
  'bearer_token',
  'session_token',
  'api_key',
  'x_api_key',
  'private_key',
  'authorization',
  'proxy_authorization',
  'cookie',
  'set_cookie',
  'credentials',
];

const SHORT = 4;
/** From this length on a secret is no part of the pattern: V8 refuses patterns far above it. */
const GIANT = 8192;

/** A step of a redaction path; `leaf` marks where a path ends. */
export interface PathNode {
  leaf: boolean;
  readonly next: Map<string, PathNode>;
}

/** Knows what to mask: keys, paths and the secrets themselves. */
export class Redactor {
  readonly #keys: ReadonlySet<string>;
  readonly #values = new Set<string>();
  #short: ReadonlySet<string> = new Set();
  #pattern: RegExp | undefined;
  #giants: readonly string[] = [];
  /** The root of the path tree, undefined without paths. */
  readonly paths: PathNode | undefined;
  /** Whether a number could be a secret. */
  numeric = false;
  /** The longest secret's length. */
  longest = 0;

  constructor(options: RedactOptions = {}) {
    const keys = [...(options.defaultKeys === false ? [] : DEFAULT_KEYS), ...(options.keys ?? [])];
    this.#keys = new Set(keys.map(plainKey));
    this.paths = options.paths?.length ? pathTree(options.paths) : undefined;
    this.addValues(options.values ?? []);
  }

  /** Whether anything but keys and paths is to be looked for. */
  get hasValues(): boolean {
    return this.#values.size > 0;
  }

  /** Whether a field of this name is masked wherever it stands. */
  masksKey(key: string): boolean {
    return this.#keys.has(plainKey(key));
  }

  /** Registers further secrets. */
  addValues(values: Iterable<SecretValue>): void {
    // A text alone would be taken for a list of letters.
    const list = typeof values === 'string' ? [values] : [...values];
    for (const secret of list.map(revealed)) if (secret !== '') this.#values.add(secret);
    const whole = [...this.#values];
    this.#short = new Set(whole.filter((secret) => secret.length < SHORT));
    const long = whole.filter((secret) => secret.length >= SHORT).flatMap(spellings);
    // The longest first, or a secret that begins with another would come out with its tail.
    long.sort((a, b) => b.length - a.length);
    this.longest = long[0]?.length ?? 0;
    this.numeric = whole.some((secret) => /^-?[\d.e+-]+$/i.test(secret));
    const usual = long.filter((secret) => secret.length < GIANT);
    this.#giants = long.filter((secret) => secret.length >= GIANT);
    this.#pattern =
      usual.length === 0 ? undefined : new RegExp([...new Set(usual)].map(escaped).join('|'), 'g');
  }

  /** The text with every registered secret masked. */
  scrub(text: string): string {
    if (this.#short.has(text)) return MASK;
    const left = this.#giants.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
    return this.#pattern === undefined ? left : left.replace(this.#pattern, MASK);
  }
}

function revealed(value: SecretValue): string {
  const secret: unknown = typeof value === 'string' ? value : value?.reveal?.();
  if (typeof secret === 'string') return secret;
  // Its value is said nowhere: it may be a secret all the same.
  throw new LoggingOptionError('redact.values', typeof value, ['strings', '{ reveal(): string }']);
}

function plainKey(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}

/** How a secret may stand in a text: plainly, in a URL, in JSON. */
function spellings(secret: string): string[] {
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  try {
    forms.push(encodeURIComponent(secret), encodeURI(secret));
  } catch {
    // A lone surrogate has no form in a URL.
  }
  return forms;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function pathTree(paths: readonly string[]): PathNode {
  const root: PathNode = { leaf: false, next: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of steps(path)) {
      let next = node.next.get(step);
      if (next === undefined) {
        next = { leaf: false, next: new Map() };
        node.next.set(step, next);
      }
      node = next;
    }
    node.leaf = true;
  }
  return root;
}

const STEP = /^(?:\.?([^.[\]"]+)|\[(\*|\d+)\]|\["((?:[^"\\]|\\.)*)"\])/;

function steps(path: string): string[] {
  const found: string[] = [];
  let rest = typeof path === 'string' ? path : '';
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) break;
    found.push(match[1] ?? match[2] ?? (match[3] ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(match[0].length);
  }
  if (rest !== '' || found.length === 0) {
    throw new LoggingOptionError('redact.paths', path, [
      'user.password',
      'items[*].pin',
      'headers.*',
    ]);
  }
  return found;
}

/** The node a path tree has for a key: its own step or the wildcard's, or both as one. */
export function stepInto(node: PathNode, key: string): PathNode | undefined {
  const own = node.next.get(key);
  const any = key === '*' ? undefined : node.next.get('*');
  if (own === undefined || any === undefined) return own ?? any;
  const both = new Map(any.next);
  for (const [step, next] of own.next) {
    const other = both.get(step);
    both.set(step, other === undefined ? next : joined(next, other));
  }
  return { leaf: own.leaf || any.leaf, next: both };
}

function joined(a: PathNode, b: PathNode): PathNode {
  const next = new Map(b.next);
  for (const [step, node] of a.next) {
    const other = next.get(step);
    next.set(step, other === undefined ? node : joined(node, other));
  }
  return { leaf: a.leaf || b.leaf, next };
}
