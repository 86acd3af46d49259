/** A pattern and what replaces its matches. */
export type Rule = readonly [pattern: RegExp, replacement: string];

/** Rules behind a cheap test that spares most strings from them. */
export interface RuleGroup {
  readonly trigger: RegExp;
  readonly rules: readonly Rule[];
}

/** Applies rules in their order. */
export function applyRules(rules: readonly Rule[], text: string): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
}

/** Applies the rules of each group whose trigger is found. */
export function applyGroups(groups: readonly RuleGroup[], text: string): string {
  let result = text;
  for (const { trigger, rules } of groups) {
    if (trigger.test(result)) result = applyRules(rules, result);
  }
  return result;
}
