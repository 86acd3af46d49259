export { BaseError, type BaseErrorOptions } from './base-error.ts';
export {
  type BuiltInCategory,
  type CodeInfo,
  type ErrorCategory,
  findCodeInfo,
} from './code-info.ts';
export type { GrpcCode, Retry } from './code-table.ts';
export { type ConvertOptions, convertException } from './convert-exception.ts';
export { type Converter, registerConverter } from './converter.ts';
export {
  type Domain,
  type DomainClass,
  type DomainCodes,
  type DomainDefinition,
  defineErrors,
  type ErrorDefinition,
} from './define-errors.ts';
export {
  type AgentErrorCode,
  type AnyErrorCode,
  type APIErrorCode,
  type AuthErrorCode,
  type CacheErrorCode,
  type ConfigurationErrorCode,
  type ConnectionErrorCode,
  type DefinedCode,
  type DetailsOf,
  ErrorCode,
  type LLMErrorCode,
  type MemoryErrorCode,
  type ResilienceErrorCode,
  type SystemErrorCode,
  type TaskErrorCode,
  type ToolErrorCode,
  type ValidationErrorCode,
} from './error-code.ts';
export type {
  AgentDetails,
  ConnectionDetails,
  DatabaseDetails,
  Details,
  DetailsByCode,
  HttpDetails,
  LLMDetails,
  OperationDetails,
  RedisDetails,
  ResilienceDetails,
  SystemCallDetails,
  TaskDetails,
  TimeoutDetails,
  ToolDetails,
  ValidationDetails,
  ValidationIssue,
} from './error-details.ts';
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
export type { GrpcDetail, GrpcStatus } from './grpc-status.ts';
export { codeFromGrpcStatus } from './grpc-status.ts';
export { codeFromHttpStatus } from './http-status.ts';
export { isBaseError } from './is-base-error.ts';
export { isRetryable, type RetryContext } from './is-retryable.ts';
export type { LoggerLike } from './log-error.ts';
export type { ProblemDetails, ProblemOptions } from './problem-details.ts';
export type { ErrorOrigin, Recognition } from './recognise/recognition.ts';
