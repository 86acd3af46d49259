import { isTroubled, type Problem } from '../problems/problem.ts';
import type { Plan } from './plan.ts';
import type { Resolved } from './resolution.ts';

/** Reports rules that do not hold; a rule over a variable that is already wrong is skipped. */
export function ruleProblems(
  plan: Plan,
  variables: ReadonlyMap<string, Resolved>,
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
      // The rule may have read a wrong variable that it does not list; that is reported already.
      if (problems.length > 0) continue;
      const reason = error instanceof Error ? error.name : typeof error;
      broken.push({ variable, message: `a rule over it failed with ${reason}`, source });
    }
  }
  return broken;
}
