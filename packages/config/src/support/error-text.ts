import { convertException, ErrorCode } from '@map/errors';
import { redactText } from '@map/redaction';

/** Returns one line for an error of any kind: its code and its message, without secrets. */
export function toErrorText(error: unknown): string {
  const { code, message } = convertException(error, { defaultCode: ErrorCode.UNKNOWN_ERROR });
  return redactText(`${code}: ${message}`);
}
