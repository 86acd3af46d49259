import type { TSchema } from '@sinclair/typebox';
import type { Candidate } from '../problems/source.ts';
import type { SourceOptions } from '../sources/sources.ts';
import type { Validator } from '../validate/validator.ts';
import type { Part } from './resolution.ts';

/** A former name of a variable, or a variable that no longer has an effect. */
export interface Deprecation {
  /** The variable to use instead; it also takes the value of the old name. */
  readonly use?: string;
  /** A note for the warning, such as since when. */
  readonly note?: string;
}

/** A condition over several variables. */
export interface Rule {
  readonly variables: readonly string[];
  readonly check: (settings: never) => boolean;
  readonly message: string;
}

/** A set of variables with everything that loading them needs. @internal */
export interface Plan {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly validator: Validator;
  /** The names under which each variable is looked up, its own first. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The variables whose values must never be shown. */
  readonly secrets: ReadonlySet<string>;
  /** The names of all variables. */
  readonly known: readonly string[];
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly deprecated: Readonly<Record<string, Deprecation>>;
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly Rule[];
  readonly prefix: string | undefined;
  readonly strict: boolean;
  /** Where the variables are read from, unless the caller decides otherwise. */
  readonly sources: SourceOptions;
  /** Whether `NODE_ENV` names the environment when nothing else does. */
  readonly usesNodeEnv: boolean;
  /** For variables whose name another program uses as well: whether a value is for that program. */
  readonly foreign: Readonly<Record<string, (text: string) => boolean>>;
  /** Fills in places whose variables depend on the other values. */
  readonly complete: Complete | undefined;
  /** Computes further settings from the loaded values. */
  readonly derive: (values: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** Changes coerced data in place, and returns the places that it filled in. */
export type Complete = (
  data: Record<string, unknown>,
  lookUp: (name: string) => Candidate | undefined,
) => readonly (Part & { readonly variable: string })[];

/** Whether a name sets a variable: directly, by a pointer to a file, or as a part. */
export function isOwnName({ names, properties }: Plan, name: string): boolean {
  const pointed = name.replace(/_FILE$/, '');
  const known = Object.values(names).flat();
  const [whole = ''] = name.split('__', 1);
  return known.includes(name) || known.includes(pointed) || Object.hasOwn(properties, whole);
}
