export {
  type ContextCarrier,
  type ContextFields,
  getContext,
  getTraceHeaders,
  LogContext,
  runWithContext,
} from './context.ts';
export { JsonFormatter, type LogRecord } from './json-formatter.ts';
export type { LevelInput, LevelName } from './level.ts';
export { ContextLogger, type LogFields, TraceLogger } from './logger.ts';
export type { LoggingOptions } from './logging.ts';
export { LoggingOptionError } from './option-error.ts';
export { MASK, type RedactOptions } from './redact.ts';
export {
  closeLogging,
  getLogger,
  getLoggerWithContext,
  setupLogging,
} from './setup.ts';
