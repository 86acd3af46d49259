import type { TSchema } from '@sinclair/typebox';
import { rankOf } from '../problems/source.ts';
import { entrySchema, isStructure } from '../schema/kind.ts';
import type { Sources } from '../sources/sources.ts';
import { fromText, MAX_DEPTH } from '../validate/coerce.ts';
import { define } from '../values/freeze.ts';
import type { Part } from './resolution.ts';

const DELIMITER = '__';

/** Maximum number of parts of one variable. */
export const MAX_PARTS = 1000;

/** Groups the names of the form `NAME__…` in the sources by variable. */
export function groupParts(
  sources: Sources,
  properties: Readonly<Record<string, TSchema>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [name] of sources.names()) {
    const at = name.indexOf(DELIMITER);
    if (at <= 0) continue;
    const variable = name.slice(0, at);
    const schema = Object.hasOwn(properties, variable) ? properties[variable] : undefined;
    if (schema?.['type'] !== 'object' || !isStructure(schema)) continue;
    const names = groups.get(variable) ?? new Set();
    groups.set(variable, names.add(name));
  }
  return groups;
}

/**
 * Sets the parts of one structure.
 * @param base The structure of the variable itself; it is copied.
 * @param rank The rank of the source of `base`; a weaker part only fills gaps.
 * @returns The merged structure and the parts it contains.
 */
export function mergeParts(
  schema: TSchema,
  base: Readonly<Record<string, unknown>>,
  rank: number,
  names: Iterable<string>,
  sources: Sources,
): { merged: Record<string, unknown>; parts: Part[] } {
  const merged = copy(base);
  const parts: Part[] = [];
  const done = new Set<string>();
  for (const written of [...names].sort()) {
    const { name, path } = locate(schema, merged, written);
    if (done.has(name)) continue;
    done.add(name);
    const candidate = sources.candidates([name])[0];
    if (candidate === undefined) continue;
    if (path.length > MAX_DEPTH) {
      const fault = `it sets a place more than ${MAX_DEPTH} levels deep`;
      parts.push({ path: path.slice(0, 2), candidate: { ...candidate, fault } });
      continue;
    }
    const weaker = rankOf(candidate.source) < rank;
    if (path.includes('')) {
      parts.push({ path, candidate: { ...candidate, fault: `${name} has an empty part` } });
    } else if (setIn(schema, merged, path, candidate.raw, weaker)) {
      parts.push({ path, candidate });
    }
  }
  return { merged, parts };
}

function copy(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) define(result, name, item);
  return result;
}

/** The variable and the place that a name stands for; `…__API_KEY_FILE` points to `…__API_KEY`. */
function locate(
  schema: TSchema,
  base: Readonly<Record<string, unknown>>,
  name: string,
): { name: string; path: string[] } {
  const whole = walk(schema, base, name);
  if (whole.declared || !name.endsWith('_FILE')) return { name, path: whole.path };
  const pointed = name.slice(0, -'_FILE'.length);
  return { name: pointed, path: walk(schema, base, pointed).path };
}

function walk(schema: TSchema, base: unknown, name: string): { path: string[]; declared: boolean } {
  const path: string[] = [];
  let at: TSchema | undefined = schema;
  let value = base;
  for (const segment of name.split(DELIMITER).slice(1)) {
    const properties: object = at?.['properties'] ?? {};
    const existing = isRecord(value) ? Object.keys(value) : [];
    const lower = segment.toLowerCase();
    const same = (known: string): boolean => known.toLowerCase() === lower;
    const key: string = Object.keys(properties).find(same) ?? existing.find(same) ?? lower;
    path.push(key);
    at = at === undefined ? undefined : entrySchema(at, key);
    value = existing.includes(key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return { path, declared: at !== undefined };
}

/**
 * Sets a nested value and creates missing parents; a parent of the wrong type is left for validation
 * to report.
 */
function setIn(
  schema: TSchema | undefined,
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
  onlyGaps: boolean,
): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return false;
  const entry = schema === undefined ? undefined : entrySchema(schema, key);
  const existing = Object.hasOwn(target, key) ? target[key] : undefined;
  if (rest.length === 0) {
    if (onlyGaps && existing !== undefined) return false;
    define(target, key, value);
    return true;
  }
  const around = opened(entry, existing ?? {});
  if (!isRecord(around)) return false;
  const inner = copy(around);
  const changed = setIn(entry, inner, rest, value, onlyGaps);
  if (changed) define(target, key, inner);
  return changed;
}

/** Parses a string that contains a structure; returns any other value, or malformed text, unchanged. */
function opened(schema: TSchema | undefined, value: unknown): unknown {
  if (schema === undefined || typeof value !== 'string' || !isStructure(schema)) return value;
  const read = fromText(schema, value);
  return read.ok ? read.value : value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
