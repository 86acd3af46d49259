import { registerSecrets, type SecretLike } from '@map/redaction';
import type { ContextFields } from '../context/context-fields.ts';
import type { LevelInput, LevelName } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';
import type { LoggingOptions } from '../options/options.ts';
import type { OutputStats } from '../output/outputs.ts';
import type { ContextLogger, TraceLogger } from './logger.ts';
import { Logging } from './logging.ts';

let logging: Logging | undefined;

/**
 * Sets logging up, or again: loggers handed out before follow the new set-up.
 * @param options Level, format, outputs; each has a default.
 * @returns The root logger.
 * @throws {LoggingOptionError} When an option cannot be used; the old set-up then stays.
 */
export function setupLogging(options: LoggingOptions = {}): TraceLogger {
  current().configure(options);
  return current().logger('root');
}

/**
 * Gets the logger of a name; works before `setupLogging` too.
 * @param name The name its lines carry, dotted from general to special: `map.agents.planner`.
 * @returns The same logger for the same name.
 */
export function getLogger(name = 'root'): TraceLogger {
  return current().logger(name);
}

/**
 * Makes a logger whose lines all carry a context.
 * @param name As for `getLogger`.
 * @param context `trace_id`, `task_id`, `agent_id` and any other fields.
 */
export function getLoggerWithContext(name: string, context: ContextFields): ContextLogger {
  return current().contextLogger(name, context);
}

/**
 * Flushes and closes every output within a limit; lines that follow go to the bootstrap output.
 * @param options `timeoutMs`: how long slow outputs may take in all, 5000 when not given.
 * @throws {LoggingOptionError} When `timeoutMs` is not a number of milliseconds.
 */
export async function closeLogging(options: { readonly timeoutMs?: number } = {}): Promise<void> {
  const timeoutMs = options?.timeoutMs ?? 5000;
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
    throw new LoggingOptionError('timeoutMs', timeoutMs, ['a number of milliseconds from 0']);
  }
  await logging?.close(timeoutMs);
}

/**
 * Changes a level at run time.
 * @param pattern A logger's name, which stands for all names below it too; a pattern with `*`; or
 * `*` for every logger without its own level.
 * @param level The level's name, Python's or npm's; undefined undoes the change.
 * @throws {LoggingOptionError} When there is no such level.
 * @example
 * ```ts
 * import { getLogger, setLogLevel } from '@map/logger';
 *
 * setLogLevel('map.agents', 'DEBUG');
 * getLogger('map.agents.planner').debug('Now written');
 * ```
 */
export function setLogLevel(pattern: string, level: LevelInput | undefined): void {
  if (level === undefined) current().namespaces.unset(pattern);
  else current().namespaces.set(pattern, level);
}

/** The level that applies to a name. */
export function getLogLevel(name = 'root'): LevelName | 'OFF' {
  return current().namespaces.levelOf(name);
}

/**
 * Masks secrets from now on, in all that MAP's packages write: `registerSecrets` of `@map/redaction`.
 * @param values The secrets, or objects that reveal them.
 * @returns A function that takes the registration back.
 * @throws {TypeError} When one is neither.
 */
export function addLogSecrets(values: Iterable<SecretLike>): () => void {
  const iterator: unknown = (values as Iterable<SecretLike> | null | undefined)?.[Symbol.iterator];
  if (typeof iterator !== 'function') {
    throw new LoggingOptionError('values', values, ['an array of strings or secrets']);
  }
  return registerSecrets(values);
}

/** Re-opens log files, as after logrotate has moved them. */
export function reopenLogFiles(): void {
  current().reopen();
}

/** How each output is doing: whether it works, how many lines wait and how many it lost. */
export function getLoggingStats(): OutputStats[] {
  return current().stats();
}

/** @internal The set-up that the functions of this module work on. */
export function current(): Logging {
  logging ??= new Logging();
  return logging;
}
