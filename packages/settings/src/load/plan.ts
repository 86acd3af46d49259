import type { TSchema } from '@sinclair/typebox';
import type { Candidate } from '../problems/source.ts';
import type { Validator } from '../validate/validator.ts';

/** A variable's former name, or a variable that no longer does anything. */
export interface Deprecation {
  /** The variable to use instead; the old name's value is taken for it. */
  readonly use?: string;
  /** What to tell, such as since when. */
  readonly note?: string;
}

/** A condition over several variables. */
export interface Rule {
  readonly variables: readonly string[];
  readonly check: (settings: never) => boolean;
  readonly message: string;
}

/** Everything that loading needs to know of a set of variables. @internal */
export interface Plan {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly validator: Validator;
  /** The names under which each variable is looked up, its own first. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The variables whose values must never be shown. */
  readonly secrets: ReadonlySet<string>;
  /** All variables' names. */
  readonly known: readonly string[];
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly deprecated: Readonly<Record<string, Deprecation>>;
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly Rule[];
  readonly prefix: string | undefined;
  readonly strict: boolean;
  /** Fills in what comes from variables that only the values name. */
  readonly complete: Complete | undefined;
  /** Adds what is computed from the loaded values. */
  readonly derive: (values: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** Changes coerced data in place; gives the places it filled. */
export type Complete = (
  data: Record<string, unknown>,
  lookUp: (name: string) => Candidate | undefined,
) => readonly {
  readonly variable: string;
  readonly path: readonly string[];
  readonly candidate: Candidate;
}[];
