import { enumValues } from '../schema/kind.ts';
import { annotationOf } from '../schema/setting.ts';
import { toEnum } from '../validate/coerce-text.ts';
import type { Plan } from './plan.ts';

/** Converts the name of an environment to its spelling in the schema of `ENVIRONMENT`. */
export function normalizeEnvironment(plan: Plan, text: string): string {
  const schema = plan.properties['ENVIRONMENT'];
  const values = schema === undefined ? undefined : enumValues(schema);
  if (schema === undefined || values === undefined) return text;
  const coerced = toEnum(text, values, annotationOf(schema)?.spellings);
  return coerced.ok ? String(coerced.value) : text;
}
