import { ConfigurationError, ErrorCode } from '@map/errors';
import type { TSchema } from '@sinclair/typebox';
import { coerce, type Mismatch } from './coerce.ts';
import { isOptional } from './setting.ts';
import { materialize, settingsObject } from './settings-object.ts';

/** Loads settings once from the given sources. @internal */
export function load(
  properties: Readonly<Record<string, TSchema>>,
  options: {
    overrides?: Readonly<Record<string, unknown>>;
    env?: Readonly<Record<string, string | undefined>>;
  },
  derive: (values: Record<string, unknown>) => Record<string, unknown>,
): object {
  const env = options.env ?? process.env;
  const values: Record<string, unknown> = {};
  const lines: string[] = [];
  for (const [name, schema] of Object.entries(properties)) {
    const raw = options.overrides?.[name] ?? env[name] ?? schema['default'];
    if (raw === undefined) {
      if (!isOptional(schema)) lines.push(`${name} is required`);
      continue;
    }
    const mismatches: Mismatch[] = [];
    const value = coerce(schema, raw, mismatches);
    for (const mismatch of mismatches) lines.push(`${name}: expected ${mismatch.expected}`);
    values[name] = materialize(schema, value);
  }
  if (lines.length > 0) {
    throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message: lines.join('; ') });
  }
  return settingsObject({ ...values, ...derive(values) }, properties);
}
