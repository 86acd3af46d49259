export { type AnyErrorCode, ErrorCode } from './codes/error-code.ts';
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
export { isBaseError } from './error/is-base-error.ts';
export { RetryBudget } from './retry/budget.ts';
export { fullJitter } from './retry/jitter.ts';
