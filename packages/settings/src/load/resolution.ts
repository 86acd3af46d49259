import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../problems/problem.ts';
import type { Candidate, SettingSource } from '../problems/source.ts';

/** One place inside a structure that another variable sets: `NAME__OPENAI__BASE_URL`. */
export interface Part {
  readonly path: readonly string[];
  readonly candidate: Candidate;
}

/** How one variable got its value. */
export interface Resolved {
  readonly schema: TSchema;
  readonly source: SettingSource;
  /** The values of sources with lower precedence, highest first. */
  readonly shadowed: readonly Candidate[];
  /** Places inside a structure that other variables set. */
  readonly parts: readonly Part[];
}

/** The result of one load. */
export interface Resolution {
  readonly environment: string;
  /** The `.env` files, missing ones too; later ones override earlier ones. */
  readonly files: readonly string[];
  readonly variables: ReadonlyMap<string, Resolved>;
  /** Coerced plain data of the variables that have a value; secrets are strings. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The settings object, for a load without problems. */
  readonly settings: object;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The source of the value at a place: that of the part that set it, or of the variable itself. */
export function sourceAt(resolved: Resolved | undefined, path: readonly string[]): SettingSource {
  const part = resolved?.parts.findLast(({ path: at }) => at.every((name, i) => path[i] === name));
  return part?.candidate.source ?? resolved?.source ?? { kind: 'none' };
}
