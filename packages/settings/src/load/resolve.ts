// One load, from the sources to the settings object.
//
// 1. The sources are opened: `.env` files are read, the environment is determined.
// 2. Each variable is resolved: the strongest offer is chosen, its parts are merged into it, and the
//    result is coerced to plain data (`variable.ts`).
// 3. `complete` fills in places whose variable follows from other values, such as API keys.
// 4. The data is validated: missing variables, then the schema, then rules over several variables. Each
//    step skips what already has a problem, so that one mistake is reported once.
// 5. Unknown and deprecated names become warnings, or problems with `strict`.

import type { Problem } from '../problems/problem.ts';
import type { Candidate } from '../problems/source.ts';
import { type SourceOptions, Sources } from '../sources/sources.ts';
import { faultProblem } from '../validate/to-problem.ts';
import { materialize, settingsObject } from '../values/settings-object.ts';
import { normalizeEnvironment, offersFor } from './environment.ts';
import { findingProblems } from './findings.ts';
import { missingProblems } from './missing.ts';
import { groupParts } from './parts.ts';
import { isOwnName, type Plan } from './plan.ts';
import type { Resolution } from './resolution.ts';
import { ruleProblems } from './rules.ts';
import { unresolvedWarnings } from './unresolved.ts';
import { resolveVariable, type Work } from './variable.ts';
import { findWarnings } from './warnings.ts';

/** Where settings are read from, and whether unknown variables are errors. */
export interface ResolveOptions extends SourceOptions {
  /** Whether unknown variables are errors instead of warnings. Default: that of the definition. */
  readonly strict?: boolean;
}

/** Reads, coerces and validates all variables of a plan. */
export function resolve(plan: Plan, options: ResolveOptions): Resolution {
  const strict = options.strict ?? plan.strict;
  const sources = openSources(plan, { ...plan.sources, ...options });
  const work: Work = {
    plan,
    sources,
    used: new Set(),
    variables: new Map(),
    data: {},
    problems: [...sources.problems],
    warnings: [...sources.warnings],
  };
  const parts = groupParts(sources, plan.properties);
  for (const [name, schema] of Object.entries(plan.properties)) {
    resolveVariable(work, name, schema, parts.get(name));
  }
  completeData(work);
  const { variables, data, problems, used } = work;
  const { environment, files } = sources;
  problems.push(...missingProblems(plan, variables, data, problems, environment));
  problems.push(...findingProblems(plan, variables, data, problems));
  const settings = settingsFrom(plan, data);
  problems.push(...ruleProblems(plan, variables, settings, problems));
  const warnings = [
    ...work.warnings,
    ...unresolvedWarnings(work),
    ...findWarnings(plan, sources, used),
  ];
  const isError = ({ source, reason }: Problem): boolean =>
    reason === 'unknown' && (strict || source.kind === 'override');
  problems.push(...warnings.filter(isError));
  const others = warnings.filter((warning) => !isError(warning));
  return { environment, files, variables, data, settings, problems, warnings: others };
}

function openSources(plan: Plan, options: SourceOptions): Sources {
  return new Sources(options, {
    isDeclared: (name) => Object.hasOwn(plan.properties, name),
    isOwn: (name) => isOwnName(plan, name),
    environment: (sources) => offersFor(plan, sources, 'ENVIRONMENT'),
    defaultEnvironment: String(plan.properties['ENVIRONMENT']?.['default'] ?? 'development'),
    normalize: (text) => normalizeEnvironment(plan, text),
  });
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
