export { BaseError, type BaseErrorOptions } from './base-error.ts';
export {
  type BuiltInCategory,
  type CodeInfo,
  type ErrorCategory,
  findCodeInfo,
} from './code-info.ts';
export type { GrpcCode, Retry } from './code-table.ts';
export { type ConvertOptions, convertException, type ErrorOrigin } from './convert-exception.ts';
export type { Converter } from './converter.ts';
export {
  type AgentErrorCode,
  type AnyErrorCode,
  type APIErrorCode,
  type AuthErrorCode,
  type CacheErrorCode,
  type ConfigurationErrorCode,
  type ConnectionDetails,
  type ConnectionErrorCode,
  type DefinedCode,
  type Details,
  type DetailsOf,
  ErrorCode,
  type HttpDetails,
  type LLMDetails,
  type LLMErrorCode,
  type MemoryErrorCode,
  type ResilienceDetails,
  type ResilienceErrorCode,
  type SystemErrorCode,
  type TaskErrorCode,
  type ToolErrorCode,
  type ValidationDetails,
  type ValidationErrorCode,
  type ValidationIssue,
} from './error-code.ts';
export type { ErrorJSON } from './error-json.ts';
export {
  AgentError,
  APIError,
  AuthError,
  CacheError,
  ConfigurationError,
  ConnectionError,
  LLMError,
  MemoryError,
  ResilienceError,
  SystemError,
  TaskError,
  ToolError,
  ValidationError,
} from './errors.ts';
export { isBaseError } from './is-base-error.ts';
export { isRetryable } from './is-retryable.ts';
export type { LoggerLike } from './log-error.ts';
export type { ProblemDetails, ProblemOptions } from './problem-details.ts';
