import { type Candidate, isBlankText } from '../problems/source.ts';
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
 * What the sources offer for a variable, strongest first. Without an offer for `ENVIRONMENT`, or with
 * an empty one, a `NODE_ENV` of the process that names a known environment counts.
 */
export function offersFor(plan: Plan, sources: Sources, variable: string): readonly Candidate[] {
  const offers = sources.candidates(plan.names[variable] ?? [variable]);
  const isSet = offers.length > 0 && !isBlankText(offers[0]?.raw);
  if (isSet || variable !== VARIABLE || !plan.usesNodeEnv) return offers;
  const named = sources
    .candidates(['NODE_ENV'])
    .filter(({ raw, source }) => source.kind === 'environment' && spelled(plan, raw) !== undefined);
  return [...named, ...offers];
}

function spelled(plan: Plan, text: unknown): string | undefined {
  const schema = plan.properties[VARIABLE];
  const values = schema === undefined ? undefined : enumValues(schema);
  if (schema === undefined || values === undefined || typeof text !== 'string') return undefined;
  const coerced = toEnum(text, values, annotationOf(schema)?.spellings);
  return coerced.ok ? String(coerced.value) : undefined;
}
