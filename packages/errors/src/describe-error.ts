import { redactText } from './redact.ts';
import { read, readString, shortString } from './safe.ts';

const MAX_LENGTH = 500;

/**
 * Gives one redacted line about anything thrown: "HTTPError: 503 Service Unavailable".
 *
 * The class name serves as a label only; nothing is decided by it.
 */
export function describeError(value: unknown): string {
  if (typeof value === 'string') return redactText(value, MAX_LENGTH);
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return typeof value === 'bigint' ? `${value}n` : String(value);
  }
  const name = labelOf(value);
  const message = readString(value, 'message');
  return message ? `${name}: ${redactText(message, MAX_LENGTH)}` : name;
}

function labelOf(value: object): string {
  const name = readString(value, 'name');
  if (name && name !== 'Error') return shortString(name, 80) ?? 'Error';
  const label = readString(read(value, 'constructor'), 'name');
  return label && /^[A-Z]\w{2,}$/.test(label) ? (shortString(label, 80) ?? 'Error') : 'Error';
}
