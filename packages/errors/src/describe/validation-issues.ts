import { redactForeignText, redactText } from '@map/redaction';
import {
  firstItems,
  has,
  isArray,
  isObject,
  read,
  readNumber,
  readString,
  shortString,
} from '@map/redaction/kernel';
import type { ValidationIssue } from '../codes/error-details.ts';

const MAX_ISSUES = 20;
const MAX_KEYS = 16;

/** Summarises the first three issues in one line. */
export function issuesMessage(issues: readonly ValidationIssue[]): string {
  if (issues.length === 0) return 'The input is not valid.';
  const shown = issues
    .slice(0, 3)
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = issues.length > 3 ? ` (and ${issues.length - 3} more)` : '';
  return shown.join('; ') + more;
}

/**
 * Reads the issues of a validation library: where and why, never the value.
 *
 * @returns The issues, or undefined if this is not a validation error.
 */
export function validationIssues(error: object): readonly ValidationIssue[] | undefined {
  const issues = firstItems(read(error, 'issues') ?? read(error, 'arkErrors'), MAX_ISSUES);
  if (isObject(issues?.[0])) return issues.map(zodIssue);
  const ajv = read(error, 'validation') === true && read(error, 'ajv') === true;
  if (ajv || isEnvSchema(error)) {
    return firstItems(read(error, 'errors'), MAX_ISSUES)?.map(ajvIssue) ?? [];
  }
  return typeboxIssues(error);
}

/** Returns whether an error comes from env-schema, which lists ajv's errors without ajv's flags. */
export function isEnvSchema(error: object): boolean {
  if (has(error, 'validation')) return false;
  const errors = read(error, 'errors');
  return isArray(errors) && readString(read(errors, 0), 'schemaPath') !== undefined;
}

function typeboxIssues(error: object): readonly ValidationIssue[] | undefined {
  const inner = read(error, 'error');
  const found =
    readNumber(inner, 'type') !== undefined &&
    readString(inner, 'path') !== undefined &&
    isObject(read(inner, 'schema'));
  if (found) return [typeboxIssue(inner)];
  // A failed transform: the value has the right shape, but the schema's own function threw.
  const transform = isObject(read(error, 'schema')) && has(error, 'value') && has(error, 'path');
  if (!transform) return undefined;
  const path = dotted(readString(error, 'path') ?? '');
  return [{ path, message: 'The transform of the schema failed' }];
}

function typeboxIssue(issue: unknown): ValidationIssue {
  return { path: dotted(readString(issue, 'path') ?? ''), message: sentence(issue) };
}

function ajvIssue(issue: unknown): ValidationIssue {
  const path = readString(issue, 'instancePath') ?? readString(issue, 'dataPath') ?? '';
  return { path: dotted(path), message: sentence(issue) };
}

function zodIssue(issue: unknown): ValidationIssue {
  const keys = (firstItems(read(issue, 'path'), MAX_KEYS) ?? []).map(
    (key) => shortString(isObject(key) ? read(key, 'key') : key, 60) ?? '?',
  );
  return { path: redactText(keys.join('.')), message: sentence(issue) };
}

function sentence(issue: unknown): string {
  return redactForeignText(readString(issue, 'message') ?? 'Invalid', { limit: 200 });
}

// A JSON pointer such as /user/0/name, see RFC 6901.
function dotted(pointer: string): string {
  const path = pointer.slice(0, 300).replace(/^\//, '').replaceAll('/', '.');
  return redactText(path.replaceAll('~1', '/').replaceAll('~0', '~'));
}
