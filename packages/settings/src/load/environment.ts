import type { Candidate } from '../problems/source.ts';
import { enumValues } from '../schema/kind.ts';
import { annotationOf } from '../schema/setting.ts';
import type { Sources } from '../sources/sources.ts';
import { toEnum } from '../validate/coerce-text.ts';
import type { Plan } from './plan.ts';

const VARIABLE = 'ENVIRONMENT';

/** Converts the name of an environment to its spelling in the schema of `ENVIRONMENT`. */
export function normalizeEnvironment(plan: Plan, text: string): string {
  return spelled(plan, text) ?? text;
}

/**
 * What the sources offer for a variable, strongest first. Without any offer for `ENVIRONMENT`, a
 * `NODE_ENV` of the process that names a known environment counts.
 */
export function offersFor(plan: Plan, sources: Sources, variable: string): readonly Candidate[] {
  const offers = sources.candidates(plan.names[variable] ?? [variable]);
  if (offers.length > 0 || variable !== VARIABLE || !plan.usesNodeEnv) return offers;
  return sources
    .candidates(['NODE_ENV'])
    .filter(({ raw, source }) => source.kind === 'environment' && spelled(plan, raw) !== undefined);
}

function spelled(plan: Plan, text: unknown): string | undefined {
  const schema = plan.properties[VARIABLE];
  const values = schema === undefined ? undefined : enumValues(schema);
  if (schema === undefined || values === undefined || typeof text !== 'string') return undefined;
  const coerced = toEnum(text, values, annotationOf(schema)?.spellings);
  return coerced.ok ? String(coerced.value) : undefined;
}
