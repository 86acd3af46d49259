import type { TSchema } from '@sinclair/typebox';
import type { Plan } from '../load/plan.ts';
import { formatValue } from '../schema/format-value.ts';
import { annotationOf, isOptional } from '../schema/setting.ts';
import { publicDefault } from '../values/display.ts';

/** The names of the variables by group, in the order of their definition. */
export function groupsOf({ properties }: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(properties)) {
    const group = annotationOf(schema)?.group ?? 'Other';
    found.set(group, [...(found.get(group) ?? []), name]);
  }
  return found;
}

/** The default as a string; `undefined` without one, or if it is a secret. */
export function defaultText(name: string, schema: TSchema): string | undefined {
  const value = publicDefault(name, schema);
  return value === undefined ? undefined : formatValue(schema, value);
}

/** Whether the variable must have a value in every environment. */
export function isRequired(schema: TSchema): boolean {
  return schema['default'] === undefined && !isOptional(schema);
}

/** Sentences about a variable that its schema does not contain: requirements and other names. */
export function remarksOn(plan: Plan, name: string, schema: TSchema): string[] {
  const environments = Object.keys(plan.required).filter((key) =>
    plan.required[key]?.includes(name),
  );
  const aliases = plan.aliases[name] ?? [];
  const former = Object.keys(plan.deprecated).filter((old) => plan.deprecated[old]?.use === name);
  return [
    ...(isRequired(schema) ? ['Required.'] : []),
    ...(environments.length === 0 ? [] : [`Required in ${environments.join(', ')}.`]),
    ...(aliases.length === 0 ? [] : [`Also read from ${aliases.join(', ')}.`]),
    ...(former.length === 0 ? [] : [`Formerly ${former.join(', ')}.`]),
  ];
}
