import { isCovered, isTroubled, type Problem } from '../problems/problem.ts';
import type { SettingSource } from '../problems/source.ts';
import { findingProblem } from '../validate/to-problem.ts';
import type { Plan } from './plan.ts';
import { type Resolved, sourceAt } from './resolution.ts';

/** Validates the values that could be coerced. */
export function findingProblems(
  plan: Plan,
  variables: ReadonlyMap<string, Resolved>,
  data: Record<string, unknown>,
  problems: readonly Problem[],
): Problem[] {
  const sourceOf = (variable: string, path: readonly string[]): SettingSource =>
    sourceAt(variables.get(variable), path);
  try {
    const found = plan.validator
      .findings(data)
      .map((finding) => findingProblem(finding, plan.properties, data, sourceOf))
      .filter(
        (problem) => !isCovered(problems, problem) && !isMissingPart(problem, data, problems),
      );
    return firstOfEachPlace(found);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the schema cannot be used: ${reason}`;
    return [{ variable: 'settings', message, source: { kind: 'none' } }];
  }
}

/** Whether a variable has no value because of a problem that is reported already. */
function isMissingPart(
  { variable, path = [] }: Problem,
  data: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
): boolean {
  return path.length === 0 && !Object.hasOwn(data, variable) && isTroubled(problems, variable);
}

/** A value can fail several members of a union at once; one problem for each place is enough. */
function firstOfEachPlace(problems: readonly Problem[]): Problem[] {
  const places = new Map<string, Problem>();
  for (const problem of problems) {
    const place = [problem.variable, ...(problem.path ?? [])].join('\0');
    if (!places.has(place)) places.set(place, problem);
  }
  return [...places.values()];
}
