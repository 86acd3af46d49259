import { type Loose, loose } from './loose.ts';

/** Whether a value holds counts by their names. */
export function isCounts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object by their names without underscores, in lower case. */
export function fields(value: unknown): Loose {
  const named = loose(value);
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(named)) result[plainName(name)] = named[name];
  return result;
}

/** Names that were seen: without them, reading a response takes twice the time. */
const PLAIN_NAMES = new Map<string, string>();
const MAX_NAMES = 512;

function plainName(name: string): string {
  const known = PLAIN_NAMES.get(name);
  if (known !== undefined) return known;
  const plain = name.replaceAll('_', '').toLowerCase();
  if (PLAIN_NAMES.size < MAX_NAMES) PLAIN_NAMES.set(name, plain);
  return plain;
}

/** The first object, or list of objects, under one of the names. */
export function details(usage: Loose, names: readonly string[]): readonly Loose[] {
  for (const name of names) {
    const value = usage[name];
    if (Array.isArray(value)) return value.map(fields);
    if (isCounts(value)) return [fields(value)];
  }
  return [];
}

/** Adds up the counts of several objects; undefined if none has one. */
export function sum(objects: readonly Loose[], names: readonly string[]): number | undefined {
  const counts = objects.map((one) => count(one, names)).filter((one) => one !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((a, b) => a + b, 0);
}

/** The first count under one of the names. */
export function count(usage: Loose, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = usage[name];
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  }
  return undefined;
}
