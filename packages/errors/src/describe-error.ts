import { redactText } from './redact.ts';
import { read, readString, shortString } from './safe.ts';
import { safeMessage } from './safe-message.ts';

/**
 * Gives one redacted line about anything thrown: "HTTPError: 503 Service Unavailable".
 *
 * The class name serves as a label only; nothing is decided by it.
 */
export function describeError(value: unknown): string {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return 'bigint';
  if (typeof value === 'symbol') return 'symbol';
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return String(value);
  }
  const name = labelOf(value);
  const message = safeMessage(value);
  return message ? `${name}: ${message}` : name;
}

function labelOf(value: object): string {
  const name = readString(value, 'name');
  const label = name && name !== 'Error' ? name : readString(read(value, 'constructor'), 'name');
  const short = shortString(label, 80);
  // A minifier leaves one or two letters, which say less than nothing.
  if (short === undefined || !/^[\w$. [\]-]{3,}$/.test(short)) return 'Error';
  return redactText(short);
}
