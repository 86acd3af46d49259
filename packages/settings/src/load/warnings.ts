import type { Problem } from '../problems/problem.ts';
import type { SettingSource } from '../problems/source.ts';
import { suggest } from '../problems/suggest.ts';
import { isStructure } from '../schema/kind.ts';
import type { Sources } from '../sources/sources.ts';
import { isSystemName, serviceVariables } from './foreign.ts';
import type { Plan } from './plan.ts';

/** Finds deprecated names in use, and unknown names that look like settings. */
export function findWarnings(plan: Plan, sources: Sources, used: ReadonlySet<string>): Problem[] {
  const warnings = new Map<string, Problem>();
  for (const [name, source] of sources.names()) {
    if (warnings.has(name)) continue;
    const isDeprecated = Object.hasOwn(plan.deprecated, name);
    if (!isDeprecated && used.has(name)) continue;
    const warning = isDeprecated ? deprecation(plan, name, source) : unknown(plan, name, source);
    if (warning !== undefined) warnings.set(name, warning);
  }
  if (warnings.size === 0) return [];
  const isService = serviceVariables(namesOf(sources));
  return [...warnings.values()].filter(
    ({ variable, reason }) => reason === 'deprecated' || !isService(variable),
  );
}

function deprecation(plan: Plan, variable: string, source: SettingSource): Problem {
  const { use, note } = plan.deprecated[variable] ?? {};
  const message = use === undefined ? 'is deprecated and has no effect' : 'is deprecated';
  const remedy = use === undefined ? 'remove it' : `use ${use} instead`;
  const hint = note === undefined ? remedy : `${remedy} (${note})`;
  return { variable, message, source, hint, reason: 'deprecated' };
}

function unknown(plan: Plan, variable: string, source: SettingSource): Problem | undefined {
  // An override has no other reader than these settings.
  const isOwn =
    source.kind === 'override' || (plan.prefix !== undefined && variable.startsWith(plan.prefix));
  const suggestion = suggest(variable.replace(/_FILE$/, ''), plan.known) ?? ofPart(plan, variable);
  if (!isOwn && (suggestion === undefined || isSystemName(variable, source))) return undefined;
  const message = 'is not a known variable';
  return suggestion === undefined
    ? { variable, message, source, hint: 'remove it or declare it', reason: 'unknown' }
    : { variable, message, source, suggestion, reason: 'unknown' };
}

/** The name of a part whose variable is misspelt, or in another letter case. */
function ofPart({ properties }: Plan, variable: string): string | undefined {
  const at = variable.indexOf('__');
  if (at <= 0) return undefined;
  const structures = Object.entries(properties).flatMap(([name, schema]) =>
    isStructure(schema) && schema['type'] === 'object' ? [name] : [],
  );
  const meant = suggest(variable.slice(0, at), structures);
  return meant === undefined ? undefined : `${meant}${variable.slice(at).toUpperCase()}`;
}

function namesOf(sources: Sources): ReadonlySet<string> {
  const names = [...sources.names()];
  return new Set(names.flatMap(([name, { kind }]) => (kind === 'environment' ? [name] : [])));
}
