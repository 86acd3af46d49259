import { MASK, redactForeignText, redactText, redactValue } from '@map/redaction';
import { isArray, isObject } from '@map/redaction/kernel';
import { describeError } from './describe-error.ts';

/** Copies any value into plain data without secrets; bounded, and never throws. */
export function redacted(value: unknown): unknown {
  return redactValue(value, { describeError });
}

/** Copies an object's own fields without secrets; empty for anything else. */
export function redactedRecord(value: unknown): Record<string, unknown> {
  const result = redacted(value);
  return isObject(result) && !isArray(result) ? (result as Record<string, unknown>) : {};
}

/** Returns an object's own fields as they are, or a redacted copy if one of them throws. */
export function ownFields(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return {};
  try {
    return { ...value };
  } catch {
    return redactedRecord(value);
  }
}

/** Redacts a short field, such as a host or a request id. */
export function redactedField(text: string, limit: number): string {
  return redactText(text, { limit });
}

/** Redacts the path of a URL, where webhooks and bots have their keys. */
export function redactedPath(path: string, limit: number): string {
  const keyless = path.replace(
    /(?<=\/)(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{20,}(?=\/|$)/g,
    MASK,
  );
  return redactForeignText(keyless, { limit });
}
