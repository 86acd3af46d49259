import {
  closeLogging,
  getContext,
  getLogger,
  getLoggerWithContext,
  getTraceHeaders,
  runWithContext,
  setupLogging,
  type TraceLogger,
} from '@map/logger';

/** The functions of `@map/logger`, under the same names. */
export interface LoggingTools {
  readonly closeLogging: typeof closeLogging;
  readonly getContext: typeof getContext;
  readonly getLogger: typeof getLogger;
  readonly getLoggerWithContext: typeof getLoggerWithContext;
  readonly getTraceHeaders: typeof getTraceHeaders;
  readonly runWithContext: typeof runWithContext;
  readonly setupLogging: typeof setupLogging;
}

const TOOLS: LoggingTools = {
  closeLogging,
  getContext,
  getLogger,
  getLoggerWithContext,
  getTraceHeaders,
  runWithContext,
  setupLogging,
};

/** The root logger together with the functions of `@map/logger`. */
export type AppLogger = TraceLogger & LoggingTools;

/**
 * The root logger and the logging functions in one: `logger.info(…)`, `logger.getLogger(name)`.
 *
 * Before `initializeConfig()` it is the bootstrap logger.
 *
 * @example
 * ```ts
 * import { logger } from '@map/config';
 *
 * logger.getLogger('billing').info('Invoice sent', { invoice_id: 7 });
 * ```
 */
export const logger: AppLogger = new Proxy(TOOLS as AppLogger, {
  get: (_tools, key) => {
    if (Object.hasOwn(TOOLS, key)) return TOOLS[key as keyof LoggingTools];
    const root = getLogger();
    const value: unknown = Reflect.get(root, key, root);
    return typeof value === 'function' ? value.bind(root) : value;
  },
  set: (_tools, key, value) => Reflect.set(getLogger(), key, value),
  has: (_tools, key) => Object.hasOwn(TOOLS, key) || Reflect.has(getLogger(), key),
});
