import { isTroubled, type Problem } from '../problems/problem.ts';
import { isBlankText, type SettingSource } from '../problems/source.ts';
import { isOptional } from '../schema/setting.ts';
import type { Plan } from './plan.ts';
import type { Resolved } from './resolution.ts';

/** Reports required variables without a value: always required, or required by the environment. */
export function missingProblems(
  plan: Plan,
  variables: ReadonlyMap<string, Resolved>,
  data: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
  environment: string,
): Problem[] {
  const wanted = Object.hasOwn(plan.required, environment) ? plan.required[environment] : undefined;
  const missing: Problem[] = [];
  for (const [variable, { schema, source, shadowed, parts }] of variables) {
    if (isTroubled(problems, variable)) continue;
    const inEnvironment = wanted?.includes(variable) === true;
    const isAbsent = !Object.hasOwn(data, variable);
    const isDefault = ['none', 'default'].includes(source.kind) && parts.length === 0;
    const isUnset = isAbsent || isDefault || data[variable] === '';
    if (inEnvironment ? !isUnset : !isAbsent || isOptional(schema)) continue;
    const empty = shadowed.find(
      ({ raw, source: from }) => isBlankText(raw) && from.kind !== 'default',
    );
    const unset: SettingSource = source.kind === 'default' ? { kind: 'none' } : source;
    const when = inEnvironment ? ` in ${environment}` : '';
    missing.push({
      variable,
      message: `is required${when}`,
      source: empty?.source ?? unset,
      hint: `set ${variable}, or ${variable}_FILE to read it from a file`,
      reason: 'missing',
    });
  }
  return missing;
}
