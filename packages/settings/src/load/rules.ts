import { valueAtOnce } from '@map/redaction/kernel';
import { isTroubled, type Problem } from '../problems/problem.ts';
import type { Plan } from './plan.ts';
import type { Resolved } from './resolution.ts';

/** A promise is truthy: without this, the rule would accept everything. */
const ASYNC = 'a rule over it has an async `check`, which must return true or false at once';

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
      const holds = valueAtOnce<boolean, string>(check(settings as never), ASYNC);
      if (!holds) broken.push({ variable, message, source });
      if (holds === ASYNC) broken.push({ variable, message: ASYNC, source });
    } catch (error) {
      // The rule may have read a wrong variable that it does not list; that is reported already.
      if (problems.length > 0) continue;
      const reason = error instanceof Error ? error.name : typeof error;
      broken.push({ variable, message: `a rule over it failed with ${reason}`, source });
    }
  }
  return broken;
}
