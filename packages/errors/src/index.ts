export type { BuiltInCategory, ErrorCategory } from './codes/category.ts';
export { type CodeInfo, findCodeInfo } from './codes/code-info.ts';
export type { GrpcCode, Retry } from './codes/code-table.ts';
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
} from './codes/error-code.ts';
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
} from './codes/error-details.ts';
export { codeFromGrpcStatus } from './codes/grpc.ts';
export { codeFromHttpStatus } from './codes/http-status.ts';
export { type ConvertOptions, convertException } from './convert/convert-exception.ts';
export { isRetryable, type RetryContext } from './convert/is-retryable.ts';
export { BaseError, type BaseErrorOptions } from './error/base-error.ts';
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
} from './error/classes.ts';
export {
  type Domain,
  type DomainClass,
  type DomainCodes,
  type DomainDefinition,
  defineErrors,
  type ErrorDefinition,
} from './error/define-errors.ts';
export { isBaseError } from './error/is-base-error.ts';
export type { GrpcDetail, GrpcStatus } from './output/grpc-status.ts';
export type { ErrorJSON } from './output/json.ts';
export type { LoggerLike } from './output/log.ts';
export type { ProblemDetails, ProblemOptions } from './output/problem-details.ts';
export { type Converter, registerConverter } from './recognise/converter.ts';
export type { ErrorOrigin, Recognition } from './recognise/recognition.ts';
