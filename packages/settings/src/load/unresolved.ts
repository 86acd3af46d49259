import type { Problem } from '../problems/problem.ts';
import type { Candidate } from '../problems/source.ts';
import {
  isQuoted,
  isReference,
  isTypographic,
  QUOTES_REMEDY,
  REFERENCE_REMEDY,
  TYPOGRAPHIC_REMEDY,
  unresolvedAs,
} from '../validate/unresolved.ts';
import type { Resolution } from './resolution.ts';

/**
 * Warns of strings that a tool was to replace and did not, and of quotes that are part of a value. Each
 * is a valid string, so the program starts, and a provider or server refuses it later.
 */
export function unresolvedWarnings({
  variables,
  data,
}: Pick<Resolution, 'variables' | 'data'>): Problem[] {
  return [...variables].flatMap(([variable, { source, parts }]) => {
    const own = { path: [], candidate: { raw: data[variable], source } };
    // A key that is a variable too has its own warning.
    const others = parts.filter(({ candidate }) => !variables.has(nameOf(candidate)));
    return [own, ...others].flatMap(({ path, candidate }) => warning(variable, path, candidate));
  });
}

const TYPOGRAPHIC = 'has typographic quotes around its value, which are part of it';

function nameOf({ source }: Candidate): string {
  return 'name' in source ? source.name : '';
}

function warning(
  variable: string,
  path: readonly string[],
  { raw, source, fault }: Candidate,
): Problem[] {
  if (typeof raw !== 'string' || fault !== undefined) return [];
  if (source.kind === 'default' || source.kind === 'override') return [];
  const stands = unresolvedAs(raw);
  const place = { variable, path, source, reason: 'unresolved' } as const;
  if (stands !== undefined) return [{ ...place, message: `is ${stands}` }];
  if (isTypographic(raw)) return [{ ...place, message: TYPOGRAPHIC, hint: TYPOGRAPHIC_REMEDY }];
  // A .env file has removed its own quotes and references; what is left there is part of the value.
  if (source.kind !== 'environment') return [];
  if (isReference(raw)) return [{ ...place, message: 'is a reference', hint: REFERENCE_REMEDY }];
  if (!isQuoted(raw)) return [];
  return [{ ...place, message: 'has quotes around its value', hint: QUOTES_REMEDY }];
}
