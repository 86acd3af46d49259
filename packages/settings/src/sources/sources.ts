import type { Problem } from '../problems/problem.ts';
import type { Candidate, SettingSource } from '../problems/source.ts';
import { isSecret } from '../schema/secret.ts';
import { inFolder } from './built-ins.ts';
import { type EnvFile, type NamedEnvironment, readCascade, readEnvFile } from './env-files.ts';
import { ExpansionFault, expand, MissingReference } from './expand.ts';
import { listSecrets, readSecretFile, secretInFolder } from './secret-files.ts';

/** Where settings are read from, and how strictly. */
export interface SourceOptions {
  /** Values that win over every other source; texts are coerced like any other. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** What to read instead of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder of the `.env` files; the working directory unless given. */
  readonly directory?: string;
  /** The `.env` files to read instead of the cascade, strongest last; `[]` reads none. */
  readonly envFiles?: readonly string[];
  /** A folder whose files hold one value each, such as `/run/secrets`. */
  readonly secretsDirectory?: string;
  /** Whether an empty text counts as "not set". */
  readonly ignoreEmpty?: boolean;
}

/** How the deployment environment is found. */
export interface EnvironmentChoice {
  /** The names of its variable, its own first. */
  readonly names: readonly string[];
  /** The environment when nothing names one. */
  readonly fallback: string;
  /** Brings an environment's spelling to the one the schema has. */
  readonly normalize: (environment: string) => string;
}

const NOTHING: Candidate = { raw: undefined, source: { kind: 'none' } };

/** Every source of one load, opened once. */
export class Sources {
  readonly problems: Problem[] = [];
  readonly environment: string;
  readonly #overrides: Readonly<Record<string, unknown>>;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #files: readonly EnvFile[] = [];
  readonly #secretsDirectory: string;
  readonly #secrets: ReadonlySet<string>;
  readonly #ignoreEmpty: boolean;
  readonly #declared: (name: string) => boolean;
  readonly #expanded = new Map<string, string>();
  readonly #expanding = new Set<string>();

  constructor(
    options: SourceOptions,
    environment: EnvironmentChoice,
    declared: (name: string) => boolean,
  ) {
    this.#overrides = options.overrides ?? {};
    this.#env = options.env ?? { ...process.env };
    this.#ignoreEmpty = options.ignoreEmpty ?? false;
    this.#declared = declared;
    this.#secretsDirectory = options.secretsDirectory ?? '';
    this.#secrets =
      options.secretsDirectory === undefined
        ? new Set()
        : listSecrets(options.secretsDirectory, this.problems);
    const environmentIn = (files: readonly EnvFile[]): NamedEnvironment => {
      this.#files = files;
      this.#expanded.clear();
      const { raw, source } = this.candidates(environment.names)[0] ?? NOTHING;
      const name = environment.normalize(typeof raw === 'string' ? raw : environment.fallback);
      return { name, source };
    };
    const { directory = '', envFiles } = options;
    const files =
      envFiles === undefined
        ? readCascade(directory, environmentIn, this.problems)
        : envFiles.map((file) => readEnvFile(file, this.problems)).reverse();
    this.environment = environmentIn(files).name;
  }

  /** What the sources offer under any of a variable's names, strongest first. */
  candidates(names: readonly string[]): Candidate[] {
    const found: Candidate[] = [];
    for (const name of names) {
      const raw = own(this.#overrides, name);
      if (raw !== undefined) found.push({ raw, source: { kind: 'override' } });
    }
    for (const name of names) this.#push(found, this.#fromEnvironment(name));
    for (const name of names) this.#push(found, this.#fromFile(name));
    for (const file of this.#files) {
      for (const name of names) this.#push(found, this.#fromEnvFile(file, name));
    }
    return found;
  }

  /** Every name that some source has, with the first place that has it. */
  *names(): Generator<readonly [string, SettingSource]> {
    for (const name of Object.keys(this.#overrides)) yield [name, { kind: 'override' }];
    for (const name of Object.keys(this.#env)) yield [name, { kind: 'environment', name }];
    for (const name of this.#secrets) {
      const variable = name === name.toLowerCase() ? name.toUpperCase() : name;
      const file = inFolder(this.#secretsDirectory, name);
      yield [variable, { kind: 'secret-file', name: variable, file }];
    }
    for (const { file, entries } of this.#files) {
      for (const [name, { line }] of entries) yield [name, { kind: 'env-file', name, file, line }];
    }
  }

  #push(found: Candidate[], candidate: Candidate | undefined): void {
    if (candidate === undefined || this.#isIgnored(candidate.raw)) return;
    found.push(candidate);
  }

  #fromEnvironment(name: string): Candidate | undefined {
    const raw = own(this.#env, name);
    if (raw === undefined) return undefined;
    const source = { kind: 'environment', name } as const;
    const twice = this.#names(this.#env, `${name}_FILE`);
    return twice === undefined ? { raw, source } : { raw, source, fault: both(name) };
  }

  /** `NAME_FILE`, from the environment or a `.env` file, then the secrets folder. */
  #fromFile(name: string): Candidate | undefined {
    const pointer = `${name}_FILE`;
    if (!this.#declared(pointer)) {
      const path = this.#names(this.#env, pointer);
      if (path !== undefined) return readSecretFile(pointer, path);
      for (const { entries } of this.#files) {
        const entry = entries.get(pointer);
        if (entry === undefined || this.#isIgnored(entry.value)) continue;
        const candidate = readSecretFile(pointer, entry.value);
        return entries.has(name) ? { ...candidate, fault: both(name) } : candidate;
      }
    }
    return secretInFolder(this.#secretsDirectory, this.#secrets, name);
  }

  #fromEnvFile({ file, entries }: EnvFile, name: string): Candidate | undefined {
    const entry = entries.get(name);
    if (entry === undefined) return undefined;
    const source = { kind: 'env-file', name, file, line: entry.line } as const;
    if (entry.literal || !entry.value.includes('${')) return { raw: entry.value, source };
    try {
      return { raw: this.#expand(`${file}:${name}`, entry.value), source };
    } catch (error) {
      if (!(error instanceof ExpansionFault)) throw error;
      return { raw: undefined, source, fault: error.message };
    }
  }

  #expand(key: string, text: string): string {
    const known = this.#expanded.get(key);
    if (known !== undefined) return known;
    const chain = [...this.#expanding, key].map((step) => step.slice(step.lastIndexOf(':') + 1));
    if (this.#expanding.has(key))
      throw new ExpansionFault(`it refers to itself: ${chain.join(' → ')}`);
    if (chain.length > 50) throw new ExpansionFault('it refers to others more than 50 deep');
    this.#expanding.add(key);
    try {
      const value = expand(text, (name) => this.#valueOf(name));
      this.#expanded.set(key, value);
      return value;
    } finally {
      this.#expanding.delete(key);
    }
  }

  #valueOf(name: string): string | undefined {
    const override = own(this.#overrides, name);
    if (isSecret(override)) return override.reveal();
    if (override !== undefined && typeof override !== 'object') return String(override);
    const value = own(this.#env, name);
    if (value !== undefined && !this.#isIgnored(value)) return value;
    for (const { file, entries } of this.#files) {
      const entry = entries.get(name);
      if (entry === undefined || this.#isIgnored(entry.value)) continue;
      if (entry.literal) return entry.value;
      try {
        return this.#expand(`${file}:${name}`, entry.value);
      } catch (error) {
        if (!(error instanceof MissingReference)) throw error;
        // Another variable's text: it may be a secret, whose pieces do not belong in this message.
        const place = `${file} line ${entry.line}`;
        throw new ExpansionFault(`it refers to ${name}, which cannot be expanded (${place})`);
      }
    }
    return undefined;
  }

  #isIgnored(value: unknown): boolean {
    return value === '' && this.#ignoreEmpty;
  }

  #names(
    record: Readonly<Record<string, string | undefined>>,
    pointer: string,
  ): string | undefined {
    if (this.#declared(pointer)) return undefined;
    const path = own(record, pointer);
    return this.#isIgnored(path) ? undefined : path;
  }
}

function both(name: string): string {
  return `both ${name} and ${name}_FILE are set: remove one`;
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
