export { BaseError, type BaseErrorOptions } from './base-error.ts';
export { type AnyErrorCode, ErrorCode } from './error-code.ts';
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
