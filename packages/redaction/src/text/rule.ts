/** A pattern and what replaces its matches. */
export type Rule = readonly [pattern: RegExp, replacement: string];

/** Applies rules in their order. */
export function applyRules(rules: readonly Rule[], text: string): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
}
