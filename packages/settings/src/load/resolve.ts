import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../problems/problem.ts';
import { type Candidate, rankOf, type SettingSource } from '../problems/source.ts';
import { isStructure } from '../schema/kind.ts';
import { type SourceOptions, Sources } from '../sources/sources.ts';
import { coerce, fromText, type Mismatch } from '../validate/coerce.ts';
import { faultProblem, mismatchProblem } from '../validate/to-problem.ts';
import { define } from '../values/freeze.ts';
import { materialize, settingsObject } from '../values/settings-object.ts';
import { normalizeEnvironment } from './environment.ts';
import { findingProblems } from './findings.ts';
import { missingProblems } from './missing.ts';
import { groupParts, isRecord, MAX_PARTS, mergeParts } from './parts.ts';
import type { Plan } from './plan.ts';
import { type Resolution, type Resolved, sourceAt } from './resolution.ts';
import { ruleProblems } from './rules.ts';
import { findWarnings } from './warnings.ts';

/** Where to read, and whether an unknown variable is an error. */
export interface ResolveOptions extends SourceOptions {
  /** Whether unknown variables are errors instead of warnings. */
  readonly strict?: boolean;
}

interface Work {
  readonly plan: Plan;
  readonly sources: Sources;
  readonly used: Set<string>;
  readonly variables: Map<string, Resolved>;
  readonly data: Record<string, unknown>;
  readonly problems: Problem[];
}

/** Reads, coerces and judges all variables of a plan. */
export function resolve(plan: Plan, options: ResolveOptions): Resolution {
  const strict = options.strict ?? plan.strict;
  const sources = openSources(plan, options);
  const problems = [...sources.problems];
  const work: Work = { plan, sources, used: new Set(), variables: new Map(), data: {}, problems };
  const parts = groupParts(sources, plan.properties);
  for (const [name, schema] of Object.entries(plan.properties)) {
    resolveVariable(work, name, schema, parts.get(name));
  }
  completeData(work);
  const { variables, data, used } = work;
  const { environment } = sources;
  problems.push(...missingProblems(plan, variables, data, problems, environment));
  problems.push(...findingProblems(plan, variables, data, problems));
  const settings = settingsFrom(plan, data);
  problems.push(...ruleProblems(plan, variables, settings, problems));
  const warnings = findWarnings(plan, sources, used);
  const isError = ({ source, reason }: Problem): boolean =>
    reason === 'unknown' && (strict || source.kind === 'override');
  problems.push(...warnings.filter(isError));
  const others = warnings.filter((warning) => !isError(warning));
  return { environment, variables, data, settings, problems, warnings: others };
}

function openSources(plan: Plan, options: SourceOptions): Sources {
  const normalize = (text: string): string => normalizeEnvironment(plan, text);
  const fallback = String(plan.properties['ENVIRONMENT']?.['default'] ?? 'development');
  const declared = (name: string): boolean => Object.hasOwn(plan.properties, name);
  const names = plan.names['ENVIRONMENT'] ?? ['ENVIRONMENT'];
  return new Sources(options, { names, fallback, normalize }, declared);
}

function resolveVariable(
  work: Work,
  name: string,
  schema: TSchema,
  partNames: ReadonlySet<string> | undefined,
): void {
  const { plan, sources, used, variables, problems } = work;
  const names = plan.names[name] ?? [name];
  for (const known of names) used.add(known).add(`${known}_FILE`);
  for (const part of partNames ?? []) used.add(part);
  const offers = sources.candidates(names);
  const ownDefault = defaultOf(schema);
  const base = offers[0] ?? ownDefault ?? { raw: undefined, source: { kind: 'none' } };
  const weaker = [...offers, ...(ownDefault === undefined ? [] : [ownDefault])].slice(1);
  const resolved: Resolved = { schema, source: base.source, shadowed: weaker, parts: [] };
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

function defaultOf(schema: TSchema): Candidate | undefined {
  const raw = schema['default'] as unknown;
  return raw === undefined ? undefined : { raw, source: { kind: 'default' } };
}

type Opened =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly mismatch: Mismatch };

/** A structure as it was written, its inner texts not yet coerced; anything else as it is. */
function openStructure(schema: TSchema, raw: unknown): Opened {
  if (typeof raw !== 'string' || !isStructure(schema)) return { ok: true, value: raw };
  const coerced = fromText(schema, raw);
  if (coerced.ok) return coerced;
  return { ok: false, mismatch: { path: [], schema, value: raw, ...coerced } };
}

/** Coerces a structure and keeps it, unless something in it is wrong. */
function store(work: Work, name: string, resolved: Resolved, structure: unknown): void {
  const mismatches: Mismatch[] = [];
  // Texts of a structure were read by `openStructure`; JSON that is a text must not be read twice.
  const value =
    typeof structure === 'string' && isStructure(resolved.schema)
      ? structure
      : coerce(resolved.schema, structure, mismatches);
  for (const mismatch of mismatches) {
    const source: SettingSource = sourceAt(resolved, mismatch.path);
    work.problems.push(mismatchProblem(name, mismatch.path, resolved.schema, mismatch, source));
  }
  // What is right in a structure is still judged, to report everything at once.
  if (value !== undefined) define(work.data, name, value);
}

function completeData({ plan, sources, used, variables, data, problems }: Work): void {
  const lookUp = (name: string): Candidate | undefined => {
    used.add(name).add(`${name}_FILE`);
    return sources.candidates([name])[0];
  };
  for (const { variable, path, candidate } of plan.complete?.(data, lookUp) ?? []) {
    const resolved = variables.get(variable);
    if (resolved === undefined) continue;
    variables.set(variable, { ...resolved, parts: [...resolved.parts, { path, candidate }] });
    if (candidate.fault !== undefined) {
      problems.push(faultProblem(variable, path, resolved.schema, candidate));
    }
  }
}

/** The settings object; wrong values are absent from it. */
function settingsFrom({ properties, derive, secrets }: Plan, data: Work['data']): object {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (Object.hasOwn(data, name)) values[name] = materialize(schema, data[name]);
  }
  return settingsObject({ ...values, ...derive(values) }, secrets);
}
