import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../problems/problem.ts';
import { type Candidate, rankOf, type SettingSource } from '../problems/source.ts';
import { isStructure } from '../schema/kind.ts';
import { isOptional } from '../schema/setting.ts';
import type { Sources } from '../sources/sources.ts';
import { coerce, fromText, isBlank, type Mismatch } from '../validate/coerce.ts';
import { faultProblem, mismatchProblem } from '../validate/to-problem.ts';
import { define } from '../values/freeze.ts';
import { offersFor } from './environment.ts';
import { foreignWarnings, isForeign } from './foreign.ts';
import { isRecord, MAX_PARTS, mergeParts } from './parts.ts';
import type { Plan } from './plan.ts';
import { type Resolved, sourceAt } from './resolution.ts';

/** The state of one load. */
export interface Work {
  readonly plan: Plan;
  readonly sources: Sources;
  /** The names that belong to a variable. */
  readonly used: Set<string>;
  readonly variables: Map<string, Resolved>;
  readonly data: Record<string, unknown>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/**
 * Resolves one variable: chooses its value, merges its parts and coerces the result.
 * @param partNames The names of the form `NAME__…` that set places inside it.
 */
export function resolveVariable(
  work: Work,
  name: string,
  schema: TSchema,
  partNames: ReadonlySet<string> | undefined,
): void {
  const { plan, sources, used, variables, problems } = work;
  for (const known of plan.names[name] ?? [name]) used.add(known).add(`${known}_FILE`);
  for (const part of partNames ?? []) used.add(part);
  const { base, shadowed } = choose(work, name, schema);
  const resolved: Resolved = { schema, source: base.source, shadowed, parts: [] };
  variables.set(name, resolved);
  if (base.fault !== undefined) {
    problems.push(faultProblem(name, [], schema, base));
    return;
  }
  const opened = openStructure(schema, base.raw);
  if (!opened.ok) {
    problems.push(mismatchProblem(name, [], schema, opened.mismatch, base.source));
    return;
  }
  const structure = opened.value;
  if (partNames === undefined || (structure !== undefined && !isRecord(structure))) {
    if (structure !== undefined) store(work, name, resolved, structure);
    return;
  }
  if (partNames.size > MAX_PARTS) {
    const message = `is set in ${partNames.size} parts, more than ${MAX_PARTS}`;
    problems.push({ variable: name, message, source: { kind: 'none' } });
    return;
  }
  const rank = rankOf(base.source);
  const { merged, parts } = mergeParts(schema, structure ?? {}, rank, partNames, sources);
  const withParts = { ...resolved, parts };
  variables.set(name, withParts);
  const faulty = parts.filter(({ candidate }) => candidate.fault !== undefined);
  for (const { path, candidate } of faulty) {
    problems.push(faultProblem(name, path, schema, candidate));
  }
  if (faulty.length === 0) store(work, name, withParts, merged);
}

/**
 * The strongest offer that is not for another program, and all other offers. An empty one wins over
 * weaker sources, but stands for the default if the variable allows no empty value.
 */
function choose(
  { plan, sources, warnings }: Work,
  name: string,
  schema: TSchema,
): { base: Candidate; shadowed: readonly Candidate[] } {
  const fallback = defaultOf(schema);
  const offers = [...offersFor(plan, sources, name), ...fallback];
  const own = offers.findIndex((offer) => !isForeign(plan, name, schema, offer));
  // A required variable without another value is reported with the value that it cannot use.
  const isRequired = own < 0 && !isOptional(schema);
  const strongest = isRequired ? offers[0] : offers[own];
  const ignored = isRequired ? [] : offers.slice(0, own < 0 ? undefined : own);
  warnings.push(...foreignWarnings(name, schema, ignored));
  const isSet = strongest !== undefined && !isBlank(schema, strongest.raw);
  const base = isSet ? strongest : fallback[0];
  const shadowed = offers.filter((offer) => offer !== base);
  return { base: base ?? { raw: undefined, source: { kind: 'none' } }, shadowed };
}

function defaultOf(schema: TSchema): readonly Candidate[] {
  const raw = schema['default'] as unknown;
  return raw === undefined ? [] : [{ raw, source: { kind: 'default' } }];
}

type Opened =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly mismatch: Mismatch };

/** Parses a structure, without coercing its content; returns any other value unchanged. */
function openStructure(schema: TSchema, raw: unknown): Opened {
  if (typeof raw !== 'string' || !isStructure(schema)) return { ok: true, value: raw };
  const coerced = fromText(schema, raw);
  if (coerced.ok) return coerced;
  return { ok: false, mismatch: { path: [], schema, value: raw, ...coerced } };
}

/** Coerces a value and stores it in the data. */
function store(work: Work, name: string, resolved: Resolved, structure: unknown): void {
  const mismatches: Mismatch[] = [];
  // `openStructure` has parsed it already: JSON that is a string must not be parsed twice.
  const value =
    typeof structure === 'string' && isStructure(resolved.schema)
      ? structure
      : coerce(resolved.schema, structure, mismatches);
  for (const mismatch of mismatches) {
    const source: SettingSource = sourceAt(resolved, mismatch.path);
    work.problems.push(mismatchProblem(name, mismatch.path, resolved.schema, mismatch, source));
  }
  // The valid rest of a structure is still validated, to report everything at once.
  if (value !== undefined) define(work.data, name, value);
}
