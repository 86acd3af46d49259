import { isSecretKey, MASK } from '@map/redaction';
import { closest } from '@map/redaction/kernel';
import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../problems/problem.ts';
import type { Candidate, SettingSource } from '../problems/source.ts';
import { formatNumber } from '../schema/format-value.ts';
import { entrySchema, enumValues, kindOf } from '../schema/kind.ts';
import { hasSecret, isSecretSetting } from '../schema/secret-setting.ts';
import { annotationOf } from '../schema/setting.ts';
import { displayText } from '../values/display.ts';
import type { Mismatch } from './coerce.ts';
import { remedyFor } from './unresolved.ts';
import type { Finding } from './validator.ts';

const MAX_SHOWN = 60;

/** The problem of a value that could not be read. */
export function faultProblem(
  variable: string,
  path: readonly string[],
  schema: TSchema,
  { source, fault = '' }: Candidate,
): Problem {
  // The fault of an expansion contains the text after the dollar sign, which can be part of a secret.
  const message =
    hasSecret(schema) && fault.includes('${')
      ? 'a reference in it cannot be expanded: use single quotes for a literal value'
      : fault;
  return { variable, path, message, source };
}

/** The problem of a string that does not have the form its schema requires. */
export function mismatchProblem(
  variable: string,
  path: readonly string[],
  root: TSchema,
  mismatch: Mismatch,
  source: SettingSource,
): Problem {
  const { schema, value } = mismatch;
  const remedy = remedyFor(value);
  const hint = remedy ?? mismatch.hint;
  const { got, ...whole } = gotOf(value, show([variable, ...path], source, root, schema, value));
  const values = enumValues(schema);
  if (values === undefined) {
    const message = `expected ${mismatch.expected}${got}`;
    return { variable, path, message, source, ...whole, ...(hint === undefined ? {} : { hint }) };
  }
  const place = { variable, path, source, ...whole, ...(remedy ? { hint: remedy } : {}) };
  return enumProblem(place, schema, value, values.map(String), got);
}

/** The problem of a value that is not one of an enum. */
function enumProblem(
  place: Pick<Problem, 'variable' | 'path' | 'source' | 'rejected' | 'hint'>,
  schema: TSchema,
  value: unknown,
  allowed: readonly string[],
  got: string,
): Problem {
  const suggestion = suggestionFor(schema, value, allowed);
  const meant = suggestion === undefined ? {} : { suggestion };
  return { ...place, message: `expected ${oneOfText(allowed)}${got}`, allowed, ...meant };
}

/** The suggested value of an enum: a near miss, a spelling of it, or itself. */
function suggestionFor(
  schema: TSchema,
  value: unknown,
  allowed: readonly string[],
): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { nearMisses = {}, spellings = {} } = annotationOf(schema) ?? {};
  const word = value.trim().toLowerCase();
  const near = Object.entries(nearMisses).find(([written]) => written.toLowerCase() === word)?.[1];
  if (near !== undefined) return near;
  const meant = closest(word, [...allowed, ...Object.keys(spellings)]);
  return meant === undefined || allowed.includes(meant) ? meant : spellings[meant];
}

/** The problem that a finding of the validator stands for. */
export function findingProblem(
  finding: Finding,
  properties: Readonly<Record<string, TSchema>>,
  data: unknown,
  sourceOf: (variable: string, path: readonly string[]) => SettingSource,
): Problem {
  const pointer = finding.instancePath.split('/').slice(1).map(unescapePointer);
  const { keyword, params } = finding;
  if (keyword === 'required') pointer.push(String(params['missingProperty']));
  if (keyword === 'additionalProperties') pointer.push(String(params['additionalProperty']));
  const [variable = '', ...path] = pointer;
  const root = properties[variable] ?? ({} as TSchema);
  const source = sourceOf(variable, path);
  if (keyword === 'required') {
    return { variable, path, message: 'is required', source };
  }
  if (keyword === 'additionalProperties') {
    const parent = path.slice(0, -1).reduce<TSchema | undefined>(entryOf, root);
    const allowed = Object.keys((parent?.['properties'] as object | undefined) ?? {});
    const suggestion = closest(path.at(-1) ?? '', allowed);
    const message = `is not a known name; expected ${oneOfText(allowed)}`;
    const meant = suggestion === undefined ? {} : { suggestion };
    return { variable, path, message, source, allowed, ...meant };
  }
  const schema = path.reduce<TSchema | undefined>(entryOf, root) ?? root;
  const value = pointer.reduce(valueAt, data);
  const shown = show(pointer, source, root, schema, value);
  const unit =
    typeof value === 'number' && shown !== undefined ? formatNumber(schema, value) : shown;
  const { got, ...whole } = gotOf(value, unit);
  const allowed = enumValues(schema)?.map(String);
  if (allowed === undefined) {
    const message = `expected ${expectation(finding, schema)}${got}`;
    return { variable, path, message, source, ...whole };
  }
  return enumProblem({ variable, path, source, ...whole }, schema, value, allowed, got);
}

function expectation({ keyword, params, message }: Finding, schema: TSchema): string {
  const limit = params['limit'] as number;
  switch (keyword) {
    case 'minimum':
      return `at least ${formatNumber(schema, limit)}`;
    case 'maximum':
      return `at most ${formatNumber(schema, limit)}`;
    case 'exclusiveMinimum':
      return `more than ${formatNumber(schema, limit)}`;
    case 'exclusiveMaximum':
      return `less than ${formatNumber(schema, limit)}`;
    case 'multipleOf':
      return `a multiple of ${String(params['multipleOf'])}`;
    case 'minLength':
      return limit === 1 ? 'a non-empty string' : `at least ${limit} characters`;
    case 'maxLength':
      return `at most ${limit} characters`;
    case 'minItems':
      return `at least ${limit} ${limit === 1 ? 'item' : 'items'}`;
    case 'maxItems':
      return `at most ${limit} ${limit === 1 ? 'item' : 'items'}`;
    case 'uniqueItems':
      return 'unique items';
    case 'pattern':
      return `a string matching /${String(params['pattern'])}/`;
    case 'format':
      return `a string of the format ${String(params['format'])}`;
    case 'type':
      return `${String(params['type'])}`;
    default:
      return `a valid value (${message ?? keyword})`;
  }
}

export function oneOfText(allowed: readonly string[]): string {
  return allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(', ')}`;
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function entryOf(schema: TSchema | undefined, name: string): TSchema | undefined {
  if (schema === undefined) return undefined;
  const items = schema['items'] as TSchema | undefined;
  return schema['type'] === 'array' && !Array.isArray(items) ? items : entrySchema(schema, name);
}

function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A value for a message; `undefined` if it is a secret, or may contain one. */
function show(
  place: readonly string[],
  source: SettingSource,
  root: TSchema,
  schema: TSchema,
  value: unknown,
): string | undefined {
  // The pointer may point to the wrong one of several secret files.
  if (source.kind === 'secret-file') return undefined;
  if (value === undefined || isSecretSetting(schema) || isSecretSetting(root)) return undefined;
  if (value !== null && typeof value === 'object') return undefined;
  if (typeof value === 'string' && place.some(isSecretKey)) return undefined;
  const isContainer = schema['type'] === 'object' || schema['type'] === 'array';
  if (isContainer && (hasSecret(schema) || hasSecret(root))) return undefined;
  const text = String(value);
  // In a malformed URL the password may be where no mask finds it.
  if (kindOf(schema) === 'url' && mayHidePassword(text)) return undefined;
  return isOpaque(schema, text) ? MASK : displayText(text);
}

/**
 * Whether a random word stands in the place of a number or of one of a few words: it is more
 * probably a password than a slip.
 */
export function isOpaque(schema: TSchema, text: string): boolean {
  if (!OPAQUE.test(text)) return false;
  const values = enumValues(schema)?.map(String);
  if (values === undefined) return schema['type'] !== 'string';
  return closest(text, values) === undefined;
}

/** Letters and digits, and neither a number with its unit nor an address. */
const OPAQUE = /^(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[^\s:./,;=$]{10,}$/;

/** The end of a message about a value, and the whole value if the message has its beginning alone. */
function gotOf(
  value: unknown,
  shown: string | undefined,
): { readonly got: string } & Pick<Problem, 'rejected'> {
  if (shown === undefined) return { got: '' };
  const quoted = (text: string): string =>
    typeof value === 'string' ? JSON.stringify(text) : text;
  if (shown.length <= MAX_SHOWN) return { got: `, got ${quoted(shown)}` };
  return { got: `, got ${quoted(`${shown.slice(0, MAX_SHOWN)}…`)}`, rejected: quoted(shown) };
}

function mayHidePassword(url: string): boolean {
  return url.includes('@') || !URL.canParse(url);
}
