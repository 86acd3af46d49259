import type {
  AgentErrorCode,
  APIErrorCode,
  AuthErrorCode,
  CacheErrorCode,
  ConfigurationErrorCode,
  ConnectionErrorCode,
  LLMErrorCode,
  MemoryErrorCode,
  ResilienceErrorCode,
  SystemErrorCode,
  TaskErrorCode,
  ToolErrorCode,
  ValidationErrorCode,
} from '../codes/error-code.ts';
import { registerClass } from '../shape/class-registry.ts';
import { BaseError } from './base-error.ts';

/** A failure of the process itself: a bug, a limit, the file system, a cancelled operation. */
export class SystemError<C extends SystemErrorCode = SystemErrorCode> extends BaseError<C> {}

/** An invalid request to this service, or a failure of an API that it calls. */
export class APIError<C extends APIErrorCode = APIErrorCode> extends BaseError<C> {}

/** A missing or invalid setting, which the operator has to correct. */
export class ConfigurationError<
  C extends ConfigurationErrorCode = ConfigurationErrorCode,
> extends BaseError<C> {}

/** Input of the wrong shape. */
export class ValidationError<
  C extends ValidationErrorCode = ValidationErrorCode,
> extends BaseError<C> {}

/** A caller that is not authenticated or not authorised. */
export class AuthError<C extends AuthErrorCode = AuthErrorCode> extends BaseError<C> {}

/** A failure of a language model or its provider. */
export class LLMError<C extends LLMErrorCode = LLMErrorCode> extends BaseError<C> {}

/** A failure of an agent. */
export class AgentError<C extends AgentErrorCode = AgentErrorCode> extends BaseError<C> {}

/** A failure of a task. */
export class TaskError<C extends TaskErrorCode = TaskErrorCode> extends BaseError<C> {}

/** A failure of a tool that an agent calls. */
export class ToolError<C extends ToolErrorCode = ToolErrorCode> extends BaseError<C> {}

/** A failure of an agent's memory. */
export class MemoryError<C extends MemoryErrorCode = MemoryErrorCode> extends BaseError<C> {}

/** A failure of a cache. */
export class CacheError<C extends CacheErrorCode = CacheErrorCode> extends BaseError<C> {}

/** A failure of a network connection, of Redis or of a database. */
export class ConnectionError<
  C extends ConnectionErrorCode = ConnectionErrorCode,
> extends BaseError<C> {}

/** A call that was stopped by a limit that protects a service. */
export class ResilienceError<
  C extends ResilienceErrorCode = ResilienceErrorCode,
> extends BaseError<C> {}

registerClass('system', SystemError);
registerClass('api', APIError);
registerClass('configuration', ConfigurationError);
registerClass('validation', ValidationError);
registerClass('auth', AuthError);
registerClass('llm', LLMError);
registerClass('agent', AgentError);
registerClass('task', TaskError);
registerClass('tool', ToolError);
registerClass('memory', MemoryError);
registerClass('cache', CacheError);
registerClass('connection', ConnectionError);
registerClass('resilience', ResilienceError);
