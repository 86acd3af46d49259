import { redactForeignText } from '@map/redaction';
import { read, readString, shortString } from '@map/redaction/kernel';
import { safeMessage } from './safe-message.ts';

/**
 * Describes any thrown value in one redacted line: "HTTPError: 503 Service Unavailable".
 *
 * The class name is only a label; nothing is decided by it.
 */
export function describeError(value: unknown): string {
  if (typeof value === 'string') return redactForeignText(value, { limit: 500 });
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
  // A minifier leaves one or two letters, which are misleading.
  if (short === undefined || !/^[\w$. [\]-]{3,}$/.test(short)) return 'Error';
  return redactForeignText(short);
}
