import { writeSync } from 'node:fs';
import { convertException, ErrorCode, type ErrorJSON, type LoggerLike } from '@map/errors';
import { redactText, redactValue } from '@map/redaction';

/** A logger of any library; `critical` is used where it exists. */
export interface LifecycleLogger extends LoggerLike {
  critical?(message: string, fields?: object): unknown;
}

/**
 * Logs a failure that ends the process, as the redacted JSON of its error; without a logger, writes
 * one line to standard error.
 */
export function logFailure(
  logger: LifecycleLogger | undefined,
  message: string,
  thrown: unknown,
): void {
  const error = convertException(thrown, { defaultCode: ErrorCode.UNKNOWN_ERROR });
  const { name, code, message: text, ...rest } = redactValue(error.toJSON()) as ErrorJSON;
  const fields = { ...rest, error_name: name, error_code: code, error_message: text };
  try {
    const line = redactText(message);
    if (logger === undefined) complain(`${line} (${code}: ${text})`);
    else if (logger.critical !== undefined) logger.critical(line, fields);
    else logger.error(line, fields);
  } catch {
    // The shutdown matters more than a logger that fails.
  }
}

/** Writes a line to standard error at once: the logs may be closed by now. */
export function complain(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nothing reads standard error any longer.
  }
}
