export type { Caller } from './caller.ts';
export { type CapturedLogs, captureLogs } from './capture.ts';
export {
  type ContextCarrier,
  type ContextFields,
  getContext,
  getTraceHeaders,
  LogContext,
  runWithContext,
} from './context.ts';
export { JsonFormatter, type JsonFormatterOptions, type LogRecord } from './json-formatter.ts';
export type { LevelInput, LevelName } from './level.ts';
export {
  ContextLogger,
  type Listener,
  type LogFields,
  TraceLogger,
  type WinstonExceptions,
} from './logger.ts';
export { LoggingOptionError } from './option-error.ts';
export type {
  ConsoleOptions,
  FileOptions,
  FormatOption,
  LoggingOptions,
  Preset,
} from './options.ts';
export type { LogEntry, LogFormatter, WinstonFormat } from './output.ts';
export type { OutputStats } from './outputs.ts';
export { MASK, type RedactOptions, type SecretValue } from './redact.ts';
export type { RotationOptions } from './rotation.ts';
export {
  addLogSecrets,
  closeLogging,
  getLogger,
  getLoggerWithContext,
  getLoggingStats,
  getLogLevel,
  reopenLogFiles,
  setLogLevel,
  setupLogging,
} from './setup.ts';
export { TextFormatter, type TextFormatterOptions } from './text-formatter.ts';
export type { LogTimer } from './timer.ts';
export type { WinstonTransport } from './transport-queue.ts';
