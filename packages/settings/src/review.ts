import { toEnum } from './coerce-text.ts';
import { enumValues } from './kind.ts';
import type { Plan } from './plan.ts';
import { isCovered, isTroubled, type Problem } from './problem.ts';
import type { Resolved } from './resolve.ts';
import { annotationOf, isOptional } from './setting.ts';
import { materialize, settingsObject } from './settings-object.ts';
import type { SettingSource } from './source.ts';
import { findingProblem } from './translate.ts';

type Data = Record<string, unknown>;
type Variables = ReadonlyMap<string, Resolved>;

/** Brings an environment's name to the spelling that the schema of `ENVIRONMENT` has. */
export function normalizeEnvironment(plan: Plan, text: string): string {
  const schema = plan.properties['ENVIRONMENT'];
  const values = schema === undefined ? undefined : enumValues(schema);
  if (schema === undefined || values === undefined) return text;
  const coerced = toEnum(text, values, annotationOf(schema)?.spellings);
  return coerced.ok ? String(coerced.value) : text;
}

/** Variables without a value: always required ones, and those the environment requires. */
export function missingProblems(
  plan: Plan,
  variables: Variables,
  data: Readonly<Data>,
  problems: readonly Problem[],
  environment: string,
): Problem[] {
  const wanted = Object.hasOwn(plan.required, environment) ? plan.required[environment] : undefined;
  const missing: Problem[] = [];
  for (const [variable, { schema, source, parts }] of variables) {
    if (isTroubled(problems, variable)) continue;
    const inEnvironment = wanted?.includes(variable) === true;
    const isUnset =
      (['none', 'default'].includes(source.kind) && parts.length === 0) || data[variable] === '';
    const isAbsent = !Object.hasOwn(data, variable);
    if (inEnvironment ? !isUnset : !isAbsent || isOptional(schema)) continue;
    const when = inEnvironment ? ` in ${environment}` : '';
    const hint = `set ${variable}, or ${variable}_FILE to read it from a file`;
    missing.push({
      variable,
      message: `is required${when}`,
      source: source.kind === 'default' ? { kind: 'none' } : source,
      hint,
      reason: 'missing',
    });
  }
  return missing;
}

/** What the validator says about the values that could be coerced. */
export function findingProblems(
  plan: Plan,
  variables: Variables,
  data: Data,
  problems: readonly Problem[],
): Problem[] {
  const sourceOf = (variable: string, path: readonly string[]): SettingSource =>
    sourceAt(variables.get(variable), path);
  try {
    const found = plan.validator
      .findings(data)
      .map((finding) => findingProblem(finding, plan.properties, data, sourceOf))
      .filter((problem) => !isCovered(problems, problem));
    return firstOfEachPlace(found);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the schema cannot be used: ${reason}`;
    return [{ variable: 'settings', message, source: { kind: 'none' } }];
  }
}

/** Where the value at a place came from: from a part's own variable, if one set it. */
export function sourceAt(resolved: Resolved | undefined, path: readonly string[]): SettingSource {
  const part = resolved?.parts.findLast(({ path: at }) => at.every((name, i) => path[i] === name));
  return part?.candidate.source ?? resolved?.source ?? { kind: 'none' };
}

/** One text breaks several members of a union at once: the first says enough. */
function firstOfEachPlace(problems: readonly Problem[]): Problem[] {
  const places = new Map<string, Problem>();
  for (const problem of problems) {
    const place = [problem.variable, ...(problem.path ?? [])].join('\0');
    if (!places.has(place)) places.set(place, problem);
  }
  return [...places.values()];
}

/** Conditions over several variables that do not hold; skipped where a variable is wrong itself. */
export function checkRules(
  plan: Plan,
  variables: Variables,
  settings: object,
  problems: readonly Problem[],
): Problem[] {
  const broken: Problem[] = [];
  for (const { variables: names, check, message } of plan.rules) {
    if (names.some((name) => isTroubled(problems, name))) continue;
    const [variable = ''] = names;
    const source = variables.get(variable)?.source ?? { kind: 'none' };
    try {
      if (!check(settings as never)) broken.push({ variable, message, source });
    } catch (error) {
      // It may have read a variable that is wrong, which is reported already.
      if (problems.length > 0) continue;
      const reason = error instanceof Error ? error.name : typeof error;
      broken.push({ variable, message: `a rule over it failed with ${reason}`, source });
    }
  }
  return broken;
}

/** The settings as a program gets them; what is wrong is absent. */
export function settingsFrom({ properties, derive, secrets }: Plan, data: Readonly<Data>): object {
  const values: Data = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (Object.hasOwn(data, name)) values[name] = materialize(schema, data[name]);
  }
  return settingsObject({ ...values, ...derive(values) }, secrets);
}
