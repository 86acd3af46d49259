export { MASK, type RedactionPolicy, type SecretLike } from '@map/redaction';
export {
  bindContext,
  type ContextCarrier,
  getContext,
  getTraceHeaders,
  LogContext,
  runWithContext,
} from './context/context.ts';
export type { ContextFields } from './context/context-fields.ts';
export { type CapturedLogs, captureLogs } from './core/capture.ts';
export type { Serializers } from './core/log-target.ts';
export {
  type ChildOptions,
  ContextLogger,
  type LogFields,
  type LogMethod,
  TraceLogger,
} from './core/logger.ts';
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
} from './core/setup.ts';
export type { LogTimer } from './core/timer.ts';
export type { Caller } from './format/caller.ts';
export type { ErrorOptions } from './format/error-fields.ts';
export type { LogEntry, LogFormatter, WinstonFormat } from './format/formatter.ts';
export {
  JsonFormatter,
  type JsonFormatterOptions,
  type LogRecord,
} from './format/json-formatter.ts';
export { TextFormatter, type TextFormatterOptions } from './format/text-formatter.ts';
export { LEVEL_NAMES, type LevelInput, type LevelName } from './level/level.ts';
export { LoggingOptionError } from './level/option-error.ts';
export type {
  ConsoleOptions,
  FileOptions,
  FormatOption,
  LoggingOptions,
  Preset,
} from './options/options.ts';
export type { OutputStats } from './output/outputs.ts';
export type { RotationOptions } from './output/rotation.ts';
export type { WinstonTransport } from './output/transport-queue.ts';
