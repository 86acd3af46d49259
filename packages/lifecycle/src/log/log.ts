import { convertException, type LoggerLike } from '@map/errors';
import { optionError } from '@map/errors/kernel';
import { redactText, redactValue } from '@map/redaction';
import { ignoreRejection, read } from '@map/redaction/kernel';

/** A logger of any library; `critical` is used where it exists. */
export interface LifecycleLogger extends LoggerLike {
  critical?(message: string, fields?: object): unknown;
}

const METHODS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Checks a logger, and keeps its own errors from the start and the shutdown that it reports on:
 * a line that it cannot take goes to standard error.
 *
 * @throws `CONFIG_INVALID_3002` for an object without the methods of a logger.
 */
export function guardLogger(logger: LifecycleLogger | undefined): LifecycleLogger | undefined {
  if (logger === undefined) return undefined;
  if (METHODS.some((name) => typeof read(logger, name) !== 'function')) {
    throw optionError('logger', 'a logger with debug(), info(), warn() and error()', logger);
  }
  const guarded = (name: (typeof METHODS)[number] | 'critical') => {
    return (message: string, fields?: object): void => {
      try {
        ignoreRejection(logger[name]?.(message, fields), () => complain(message));
      } catch {
        complain(message);
      }
    };
  };
  const { critical } = logger;
  return {
    debug: guarded('debug'),
    info: guarded('info'),
    warn: guarded('warn'),
    error: guarded('error'),
    ...(critical !== undefined && { critical: guarded('critical') }),
  };
}

/**
 * Logs a failure that ends the process, with the place where it was thrown; without a logger, writes
 * it to standard error.
 */
export function logFailure(
  logger: LifecycleLogger | undefined,
  message: string,
  thrown: unknown,
): void {
  const error = convertException(thrown);
  const line = redactText(message);
  const write = (text: string, fields: LoggedFields = {}): void => {
    if (logger === undefined) {
      const stack = fields.original_stack ?? fields.stack ?? '';
      complain(`${line} (${fields.error_code}: ${text})\n${stack}`.trimEnd());
      return;
    }
    // An error of the start has the message and the details of its cause: the line has them once.
    const { cause, original_error, ...rest } = fields;
    const own = text === line ? rest : { ...fields, error_message: text };
    const all = { ...own, ...described(thrown) };
    if (logger.critical !== undefined) logger.critical(line, all);
    else logger.error(line, all);
  };
  error.logError({ debug: write, info: write, warn: write, error: write });
}

/** The content of a thrown value that is not an error: its message does not show it. */
function described(thrown: unknown): object {
  return thrown instanceof Error || thrown === undefined ? {} : { thrown: redactValue(thrown) };
}

/** The fields of a logged error that are used here. */
interface LoggedFields {
  readonly error_code?: string;
  readonly original_stack?: string;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly original_error?: unknown;
}

/** A stack and the sentences of many hooks fit. */
const MAX_TEXT = 20_000;

/** Writes a line without secrets to standard error at once: the logs may be closed by now. */
export function complain(text: string): void {
  try {
    // An import of `node:fs` would load `fs.promises` with it.
    const line = redactText(text, { limit: MAX_TEXT });
    process.getBuiltinModule('node:fs').writeSync(2, `${line}\n`);
  } catch {
    // Nothing reads standard error any longer.
  }
}
