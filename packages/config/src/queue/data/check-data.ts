import type { ValidationIssue } from '@map/errors';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const MAX_ISSUES = 20;

/**
 * Finds where data does not fit its schema.
 *
 * @returns Path and sentence of each finding, never a value; undefined if the data fits.
 */
export function dataIssues(schema: TSchema, data: unknown): readonly ValidationIssue[] | undefined {
  try {
    if (Value.Check(schema, data)) return undefined;
    const issues: ValidationIssue[] = [];
    for (const { path, message } of Value.Errors(schema, data)) {
      issues.push({ path: path.slice(1).replaceAll('/', '.'), message });
      if (issues.length === MAX_ISSUES) break;
    }
    return issues;
  } catch {
    // A getter that throws, or a kind that TypeBox does not know.
    return [{ path: '', message: 'The data cannot be read, or its schema cannot be checked' }];
  }
}

/** Summarises findings in one line. */
export function issuesText(issues: readonly ValidationIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'The data does not match its schema.';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const where = first.path === '' ? '' : `${first.path}: `;
  return `${where}${first.message}${more}.`;
}
