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

/** What the logger package offers beside a logger, under the names it has there. */
const TOOLS = {
  closeLogging,
  getContext,
  getLogger,
  getLoggerWithContext,
  getTraceHeaders,
  runWithContext,
  setupLogging,
} as const;

/** The application's logger, with the functions that make others. */
export type AppLogger = TraceLogger & typeof TOOLS;

/**
 * The root logger and the logging functions in one: `logger.info(…)`, `logger.getLogger(name)`.
 *
 * It works before `initializeConfig()` too, as the bootstrap logger.
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
    if (Object.hasOwn(TOOLS, key)) return TOOLS[key as keyof typeof TOOLS];
    const root = getLogger();
    const value: unknown = Reflect.get(root, key, root);
    return typeof value === 'function' ? value.bind(root) : value;
  },
  set: (_tools, key, value) => Reflect.set(getLogger(), key, value),
  has: (_tools, key) => Object.hasOwn(TOOLS, key) || Reflect.has(getLogger(), key),
});
