import { redactForeignText } from '@map/redaction';
import { firstItems, read, readNumber, readString } from '@map/redaction/kernel';

/** Longest part of a library's message that is repeated. */
const limit = 300;

/**
 * The words of a server or a library for a failure, with the values they repeat masked.
 *
 * @param kind - What the connection reaches: of HTTP only a code is shown, because messages there
 * repeat URLs and bodies.
 * @returns A sentence; undefined without symptoms.
 */
export function symptom(error: unknown, kind: string): string | undefined {
  const code = readString(error, 'code') ?? '';
  const known = /^[A-Z][A-Z\d_]{2,40}$/.test(code) ? code : undefined;
  const message = kind === 'http' ? undefined : messageOf(error);
  if (message === undefined) return known === undefined ? undefined : `${known}.`;
  const text = redactForeignText(message, { limit })
    .trim()
    .replace(/[.\s]+$/, '');
  return known === undefined || text.includes(known) ? `${text}.` : `${known}: ${text}.`;
}

function messageOf(error: unknown): string | undefined {
  // A failed transaction of node-redis: its replies have the errors.
  const replies = read(error, 'replies');
  const index = readNumber(read(error, 'errorIndexes'), '0') ?? 0;
  const reply = firstItems(replies, index + 1)?.[index];
  const message = readString(reply, 'message') ?? readString(error, 'message');
  // Node's attempts over IPv4 and IPv6 have no message, but each has one.
  const [first] = firstItems(read(error, 'errors'), 1) ?? [];
  return message || readString(first, 'message') || undefined;
}
