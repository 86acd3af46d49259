import { redactForeignText } from '@map/redaction';
import { foreignMessage, isArray, isObject, read } from '@map/redaction/kernel';
import { issuesMessage, validationIssues } from './validation-issues.ts';

/**
 * Returns the message of any thrown value, without secrets and values that it repeats.
 *
 * @returns At most `limit` characters, or undefined if there is no message.
 */
export function safeMessage(error: unknown, limit = 500): string | undefined {
  if (typeof error === 'string') return redactForeignText(error, { limit }) || undefined;
  if (!isObject(error)) return undefined;
  if (isArray(read(error, 'issues'))) return issuesMessage(validationIssues(error) ?? []);
  return foreignMessage(error, limit) || undefined;
}
