import { redactText } from './redact.ts';

/** Gives a bounded copy that JSON can hold; never throws. */
export function sanitize(value: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_key, item) => (typeof item === 'string' ? redactText(item) : item)),
    );
  } catch {
    return {};
  }
}
