import type { ContextFields } from './context.ts';
import type { ContextLogger, TraceLogger } from './logger.ts';
import { Logging, type LoggingOptions } from './logging.ts';

let logging: Logging | undefined;

function current(): Logging {
  logging ??= new Logging();
  return logging;
}

/**
 * Sets logging up, or anew: loggers handed out before follow the new set-up.
 * @param options Level, format, outputs; everything has a default.
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
 * Flushes and closes every output, within a limit.
 * @param options `timeoutMs`: how long slow outputs may take, 5000 when not given.
 */
export async function closeLogging(_options: { readonly timeoutMs?: number } = {}): Promise<void> {
  await current().close();
}
