import { convertException } from '@map/errors';
import { redactText } from '@map/redaction';

/** Returns one line for an error of any kind: its code and its message, without secrets. */
export function toErrorText(error: unknown): string {
  const { code, message } = convertException(error);
  return redactText(`${code}: ${message}`);
}
