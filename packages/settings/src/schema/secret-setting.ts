import type { TSchema } from '@sinclair/typebox';
import { annotationOf } from './setting.ts';

/** Whether a schema marks its value as a secret. */
export function isSecretSetting(schema: TSchema): boolean {
  return annotationOf(schema)?.secret === true;
}

/** Whether a schema has a secret anywhere inside. */
export function hasSecret(schema: TSchema): boolean {
  if (isSecretSetting(schema)) return true;
  return ['properties', 'patternProperties', 'items', 'anyOf', 'additionalProperties'].some(
    (key) => {
      const inner = schema[key] as unknown;
      if (typeof inner !== 'object' || inner === null) return false;
      if (key === 'items' || key === 'additionalProperties') return hasSecret(inner as TSchema);
      return Object.values(inner).some((entry) => hasSecret(entry as TSchema));
    },
  );
}
