// Finds what JSON would change or drop: Redis keeps data and results as JSON, and a value that comes
// back as another one, such as a Map as {}, is a mistake that no schema of `Type.Any()` finds.

import { describeValue } from '@map/redaction/kernel';

/** A value that JSON does not carry. */
export interface JsonLoss {
  /** Such as `pages.3.at`; empty for the whole. */
  readonly path: string;
  /** Such as `is a Date`. */
  readonly what: string;
}

/** Deeper than data is, and shallow enough for the stack of every JSON parser. */
const MAX_DEPTH = 500;

/**
 * Finds the first value that would not come back from JSON as it is. A member that is undefined is
 * left out by JSON, which means the same.
 *
 * @returns Its path and its kind, never the value; undefined if everything comes back.
 */
export function jsonLoss(value: unknown): JsonLoss | undefined {
  try {
    return lossAt(value, [], []);
  } catch {
    return { path: '', what: 'cannot be read' };
  }
}

function lossAt(value: unknown, path: (string | number)[], above: object[]): JsonLoss | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (Number.isFinite(value)) return undefined;
  if (typeof value === 'number') return lost(path, `is ${value}`);
  if (typeof value !== 'object') {
    return lost(path, value === undefined ? 'is undefined' : `is a ${typeof value}`);
  }
  if (above.includes(value)) return lost(path, 'is part of a cycle');
  if (above.length === MAX_DEPTH) return lost(path, `is deeper than ${MAX_DEPTH} levels`);
  const isList = Array.isArray(value);
  if (!isList && !isPlain(value)) return lost(path, `is ${describeValue(value)}`);
  above.push(value);
  // Holes of a list are undefined too.
  const keys = isList ? value.keys() : Object.keys(value);
  for (const key of keys) {
    const member = (value as Record<string | number, unknown>)[key];
    if (member === undefined && !isList) continue;
    path.push(key);
    const loss = lossAt(member, path, above);
    if (loss !== undefined) return loss;
    path.pop();
  }
  above.pop();
  return undefined;
}

function lost(path: readonly (string | number)[], what: string): JsonLoss {
  return { path: path.join('.'), what };
}

/** Whether an object is a literal's, of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Describes a loss, such as "`at` is a Date". */
export function lossText({ path, what }: JsonLoss): string {
  return path === '' ? `The value ${what}` : `\`${path.slice(0, 200)}\` ${what}`;
}
