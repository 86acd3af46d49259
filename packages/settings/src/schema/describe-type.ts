import type { TSchema } from '@sinclair/typebox';
import { formatNumber } from './format-value.ts';
import { enumValues, kindOf } from './kind.ts';
import { annotationOf } from './setting.ts';

const NOUNS: Readonly<Record<string, string>> = {
  any: 'string',
  bytes: 'size',
  json: 'JSON',
  object: 'JSON object',
  path: 'file path',
  port: 'port',
  string: 'string',
  union: 'one of several forms',
};

/** Describes the values of a variable in a few words: `integer, 1 to 1024`. */
export function describeType(schema: TSchema): string {
  const kind = kindOf(schema);
  if (kind === 'enum') return (enumValues(schema) ?? []).map(String).join(' | ');
  if (kind === 'url') return `URL (${(annotationOf(schema)?.schemes ?? []).join(', ')})`;
  if (kind === 'list' || kind === 'set')
    return `${kind} of ${describeItems(schema['items'] as TSchema | undefined)}`;
  if (kind === 'record') {
    const [entry] = Object.values((schema['patternProperties'] ?? {}) as Record<string, TSchema>);
    return `named ${describeItems(entry)}`;
  }
  const noun = NOUNS[kind] ?? kind;
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  const least = minimum === undefined ? undefined : formatNumber(schema, minimum);
  const most = maximum === undefined ? undefined : formatNumber(schema, maximum);
  if (kind === 'port' || (least === undefined && most === undefined)) return noun;
  if (least === undefined) return `${noun}, at most ${most}`;
  return most === undefined ? `${noun}, at least ${least}` : `${noun}, ${least} to ${most}`;
}

function describeItems(schema: TSchema | undefined): string {
  if (schema === undefined) return 'any values';
  const type = describeType(schema);
  return type === 'string' ? 'strings' : `values: ${type}`;
}
