import { isSecretKey, MASK, redactText, redactValue, UNREADABLE } from '@map/redaction';

/** The fields that a context adds to each of its log lines. */
export interface ContextFields {
  readonly trace_id?: string | undefined;
  readonly task_id?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly [key: string]: unknown;
}

/** Copies fields that cannot be spread: what throws when it is read is left out. */
export function readableFields(fields: object): ContextFields {
  const copy: Record<string, unknown> = {};
  try {
    for (const name of Object.keys(fields)) {
      try {
        copy[name] = (fields as Record<string, unknown>)[name];
      } catch {
        copy[name] = UNREADABLE;
      }
    }
  } catch {
    // Not even its names can be read.
  }
  return copy;
}

/** Redaction alone, without a limit that log lines have. */
const WHOLE = { depth: 100, items: 100_000, text: 10_000_000, size: 10_000_000 };

/** Fields as JSON, without secrets: the receiver may not know what is secret here. */
export function jsonFields(fields: ContextFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'boolean' || value === null) {
      out[key] = value;
      continue;
    }
    if (isSecretKey(key) && value !== undefined) {
      out[key] = MASK;
      continue;
    }
    if (typeof value === 'string') {
      out[key] = redactText(value, { limit: Number.POSITIVE_INFINITY });
      continue;
    }
    try {
      const json = JSON.stringify(value);
      if (json !== undefined) out[key] = redactValue(JSON.parse(json), WHOLE);
    } catch {
      // A value JSON cannot hold stays behind: the rest of the context must get through.
    }
  }
  return out;
}
