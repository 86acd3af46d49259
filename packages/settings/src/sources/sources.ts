// Where values come from.
//
// The strongest source wins: overrides, the process environment, secret files, `.env` files from the
// most specific to the least, and last the default, which `load/` adds. `candidates` returns what
// every source offers, in that order, so that an explanation can show what a value shadows.
//
// - Pointers: `NAME_FILE` stands for the content of a file and ranks below the environment, wherever
//   the pointer itself is set. `NAME` and `NAME_FILE` in one place are a fault, unless one of them is
//   empty. A variable that is itself declared as `…_FILE` is never a pointer.
// - The environment decides which `.env` files are read, and `.env` may name it. So the constructor
//   determines it twice: from the base files, and again once the files it selects are read.
// - References in `.env` files see overrides and the process environment, then the files. A variable
//   that refers to itself, `X=${X:-d}`, means the value of the next weaker file. Any other way back
//   to a value that is being expanded is a cycle. Expanded values are cached by file and name.

import { isSecret } from '@map/redaction';
import type { Problem } from '../problems/problem.ts';
import { type Candidate, isBlankText, type SettingSource } from '../problems/source.ts';
import { inFolder } from './built-ins.ts';
import { type EnvFile, type NamedEnvironment, readCascade, readEnvFile } from './env-files.ts';
import { ExpansionFault, expand, MissingReference } from './expand.ts';
import { listSecrets, readSecretFile, secretInFolder } from './secret-files.ts';

/** Where settings are read from. */
export interface SourceOptions {
  /** Values that win over every other source; strings are coerced as from the environment. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** The environment. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder of the `.env` files. Default: the working directory. */
  readonly directory?: string;
  /** The `.env` files to read instead of the cascade, strongest last; `[]` reads none. */
  readonly envFiles?: readonly string[];
  /** A folder with one file for each value, such as `/run/secrets`. */
  readonly secretsDirectory?: string;
  /** Whether a weaker source or the default replaces any empty value. Default: `false`. */
  readonly ignoreEmpty?: boolean;
}

/** The facts about the variables that the sources need. */
export interface Variables {
  /** Whether a variable has exactly this name. */
  readonly isDeclared: (name: string) => boolean;
  /** Whether a name sets a variable: its own name or another one, a pointer, or a part. */
  readonly isOwn: (name: string) => boolean;
  /** The values of the deployment environment by source, highest precedence first. */
  readonly environment: (sources: Sources) => readonly Candidate[];
  /** The environment without an offer. */
  readonly defaultEnvironment: string;
  /** Converts the name of an environment to its spelling in the schema. */
  readonly normalize: (environment: string) => string;
}

const NOTHING: Candidate = { raw: undefined, source: { kind: 'none' } };
const MAX_REFERENCES = 50;

/** A variable of a `.env` file whose references are being replaced. */
interface Expansion {
  readonly file: EnvFile;
  readonly name: string;
}

/** All sources of one load. */
export class Sources {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly environment: string;
  readonly #overrides: Readonly<Record<string, unknown>>;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #files: readonly EnvFile[] = [];
  readonly #secretsDirectory: string;
  readonly #secrets: ReadonlySet<string>;
  readonly #ignoreEmpty: boolean;
  readonly #variables: Variables;
  readonly #secretFiles = new Map<string, Candidate>();
  readonly #expanded = new Map<string, string>();
  readonly #expanding: Expansion[] = [];

  constructor(options: SourceOptions, variables: Variables) {
    this.#overrides = options.overrides ?? {};
    this.#env = options.env ?? { ...process.env };
    this.#ignoreEmpty = options.ignoreEmpty ?? false;
    this.#variables = variables;
    this.#secretsDirectory = options.secretsDirectory ?? '';
    this.#secrets =
      options.secretsDirectory === undefined
        ? new Set()
        : listSecrets(options.secretsDirectory, this.problems);
    const environmentIn = (files: readonly EnvFile[]): NamedEnvironment => {
      this.#files = files;
      this.#expanded.clear();
      const { raw, source } = variables.environment(this)[0] ?? NOTHING;
      const isNamed = typeof raw === 'string' && !isBlankText(raw);
      const name = isNamed ? raw : variables.defaultEnvironment;
      return { name: variables.normalize(name), source };
    };
    const report = { problems: this.problems, warnings: this.warnings, isOwn: variables.isOwn };
    const { directory = '', envFiles } = options;
    const files =
      envFiles === undefined
        ? readCascade(directory, environmentIn, report)
        : envFiles.map((file) => readEnvFile(file, report)).reverse();
    this.environment = environmentIn(files).name;
  }

  /** The `.env` files of this load, missing ones too; later ones override earlier ones. */
  get files(): readonly string[] {
    return this.#files.map(({ file }) => file).reverse();
  }

  /** The values under any of a variable's names by source, highest precedence first. */
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

  /** All names that the sources have, each with its source; a name can occur more than once. */
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
    if (this.#pointerIn(this.#env, name) === undefined) return { raw, source };
    return isBlankText(raw) ? undefined : { raw, source, fault: both(name) };
  }

  /** The content of the file that `NAME_FILE` points to, or of one in the secrets folder. */
  #fromFile(name: string): Candidate | undefined {
    const path = this.#pointerIn(this.#env, name);
    if (path !== undefined) return this.#readSecretFile(name, path);
    for (const { entries } of this.#files) {
      const pointer = this.#pointerIn(valuesOf(entries, `${name}_FILE`), name);
      if (pointer === undefined) continue;
      const candidate = this.#readSecretFile(name, pointer);
      const isBoth = !isBlankText(entries.get(name)?.value ?? '');
      return isBoth ? { ...candidate, fault: both(name) } : candidate;
    }
    return secretInFolder(this.#secretsDirectory, this.#secrets, name);
  }

  /** Reads a file once in each load: the content of a pipe is gone after the first time. */
  #readSecretFile(name: string, path: string): Candidate {
    const key = `${name}:${path}`;
    const candidate = this.#secretFiles.get(key) ?? readSecretFile(`${name}_FILE`, path);
    this.#secretFiles.set(key, candidate);
    return candidate;
  }

  #pointerIn(
    record: Readonly<Record<string, string | undefined>>,
    name: string,
  ): string | undefined {
    const pointer = `${name}_FILE`;
    const path = own(record, pointer);
    return isBlankText(path) || this.#variables.isDeclared(pointer) ? undefined : path;
  }

  #fromEnvFile(file: EnvFile, name: string): Candidate | undefined {
    const entry = file.entries.get(name);
    if (entry === undefined) return undefined;
    const source = { kind: 'env-file', name, file: file.file, line: entry.line } as const;
    if (entry.literal || !entry.value.includes('${')) return { raw: entry.value, source };
    try {
      return { raw: this.#expand({ file, name }, entry.value), source };
    } catch (error) {
      if (!(error instanceof ExpansionFault)) throw error;
      return { raw: undefined, source, fault: error.message };
    }
  }

  #expand(expansion: Expansion, text: string): string {
    const key = `${expansion.file.file}:${expansion.name}`;
    const known = this.#expanded.get(key);
    if (known !== undefined) return known;
    if (this.#expanding.some(({ file, name }) => `${file.file}:${name}` === key)) {
      const chain = [...this.#expanding, expansion].map(({ name }) => name);
      throw new ExpansionFault(`it refers to itself: ${chain.join(' → ')}`);
    }
    if (this.#expanding.length >= MAX_REFERENCES) {
      throw new ExpansionFault(`its references are more than ${MAX_REFERENCES} deep`);
    }
    this.#expanding.push(expansion);
    try {
      const value = expand(text, (name) => this.#valueOf(name));
      this.#expanded.set(key, value);
      return value;
    } finally {
      this.#expanding.pop();
    }
  }

  #valueOf(name: string): string | undefined {
    const override = own(this.#overrides, name);
    if (isSecret(override)) return override.reveal();
    if (override !== undefined && typeof override !== 'object') return String(override);
    const value = own(this.#env, name);
    if (value !== undefined && !this.#isIgnored(value)) return value;
    const file = this.#variables.isOwn(name) ? this.#fromFile(name) : undefined;
    if (typeof file?.raw === 'string' && !this.#isIgnored(file.raw)) return file.raw;
    const current = this.#expanding.at(-1);
    const from = current?.name === name ? this.#files.indexOf(current.file) + 1 : 0;
    for (const file of this.#files.slice(from)) {
      const entry = file.entries.get(name);
      if (entry === undefined || this.#isIgnored(entry.value)) continue;
      if (entry.literal) return entry.value;
      try {
        return this.#expand({ file, name }, entry.value);
      } catch (error) {
        if (!(error instanceof MissingReference)) throw error;
        // The other variable may be a secret: its reference must not appear in this message.
        const place = `${file.file} line ${entry.line}`;
        throw new ExpansionFault(`it refers to ${name}, which cannot be expanded (${place})`);
      }
    }
    return undefined;
  }

  #isIgnored(value: unknown): boolean {
    return value === '' && this.#ignoreEmpty;
  }
}

function both(name: string): string {
  return `both ${name} and ${name}_FILE are set: remove one`;
}

function valuesOf(entries: EnvFile['entries'], name: string): Record<string, string> {
  const value = entries.get(name)?.value;
  return value === undefined ? {} : { [name]: value };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
