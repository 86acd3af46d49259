import type { TSchema } from '@sinclair/typebox';
import { kindOf } from './kind.ts';

const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;
const SIZES = [
  ['GiB', 1024 ** 3],
  ['GB', 1000 ** 3],
  ['MiB', 1024 ** 2],
  ['MB', 1000 ** 2],
  ['KiB', 1024],
  ['kB', 1000],
] as const;

/**
 * Formats a value as the string of a variable; loading that string returns the same value.
 * @param schema The variable's schema.
 * @param value A loaded value without secrets.
 * @returns The string.
 */
export function formatValue(schema: TSchema, value: unknown): string {
  if (typeof value === 'number') return formatNumber(schema, value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return formatList(value);
  const entries = Object.entries(value);
  const plain = kindOf(schema) === 'record' && entries.every(([k, v]) => isPlain(k) && isPlain(v));
  return plain && entries.length > 0
    ? entries.map(([name, item]) => `${name}=${String(item)}`).join(',')
    : JSON.stringify(value);
}

/** A number with the unit of its kind: `25s`, `10MB`. */
export function formatNumber(schema: TSchema, value: number): string {
  const kind = kindOf(schema);
  if (kind === 'duration') return withUnit(value, DURATIONS, 'ms');
  if (kind === 'bytes') return withUnit(value, SIZES, 'B');
  return String(value);
}

function withUnit(
  value: number,
  units: readonly (readonly [string, number])[],
  smallest: string,
): string {
  const unit = units.find(([, size]) => value !== 0 && value % size === 0);
  return unit === undefined ? `${value}${smallest}` : `${value / unit[1]}${unit[0]}`;
}

function formatList(items: readonly unknown[]): string {
  return items.every(isPlain) ? items.join(',') : JSON.stringify(items);
}

/** Whether an item survives in a comma-separated list. */
function isPlain(item: unknown): boolean {
  if (typeof item === 'number' || typeof item === 'boolean') return true;
  return typeof item === 'string' && /^[^\s,=[\]{}"'`#$\\]+$/.test(item);
}
